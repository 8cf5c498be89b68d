import { expect } from 'chai';
import { internalError, RequestError } from '../../src/admission/errors.ts';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import { checkPatch } from '../../src/admission/selfCheck.ts';
import type { Log } from '../../src/commands/log.ts';
import type { LogLevel } from '../../src/commands/logLevels.ts';
import { logReply } from '../../src/commands/reviewLog.ts';
import { createShadowing } from '../../src/commands/shadowing.ts';
import { decodePod } from '../../src/policy/decodePod.ts';
import { failureReply, replyTo } from '../../src/webhook/reply.ts';
import { policyFor } from '../requests.ts';
import { faultyPolicies } from '../webhook/faults.ts';
import { completePod, creation, rayHead, uid } from '../webhook/reviews.ts';

interface Line {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What of the fields comes to stand in the line. */
function asWritten(fields: object = {}) {
  return JSON.parse(JSON.stringify(fields));
}

/** The line that is written about a review. */
async function lineOf(body: Buffer, policy: Policy | undefined | Error): Promise<Line> {
  const findPolicy = () => (policy instanceof Error ? Promise.reject(policy) : policy);
  const lines: Line[] = [];
  const reply = await replyTo(body, 3_000, { findPolicy, provenance: true, minor: () => undefined });
  const log: Log = (level, message, fields = {}) => lines.push({ level, message, fields: asWritten(fields) });
  logReply(log, reply, 0.0123456, createShadowing({ minor: () => undefined }, log)(reply));
  expect(lines).to.have.lengthOf(1);
  return lines[0] as Line;
}

const asked = { uid, namespace: 'team', operation: 'create', resource: 'pods', dryRun: false };

describe('logReply', () => {
  it('says what was asked, what became of it and how long it took', async () => {
    expect(
      await lineOf(creation(), policyFor('restricted', { mode: 'audit', controls: 'seccompProfile=fill' })),
    ).to.deep.equal({
      level: 'info',
      message: 'Review answered.',
      fields: {
        ...asked,
        pod: 'ray-head-',
        milliseconds: 12.346,
        outcome: 'filled',
        profile: 'restricted',
        mode: 'audit',
        filled: ['seccompProfile'],
        wouldFill: [
          'ray-head/runAsNonRoot',
          'ray-head/allowPrivilegeEscalation',
          'ray-head/capabilities',
          'autoscaler/runAsNonRoot',
          'autoscaler/allowPrivilegeEscalation',
          'autoscaler/capabilities',
        ],
        levelBefore: 'baseline',
        levelAfter: 'baseline',
        remaining:
          'allowPrivilegeEscalation != false (containers "ray-head", "autoscaler" must set ' +
          'securityContext.allowPrivilegeEscalation=false), ' +
          'unrestricted capabilities (containers "ray-head", "autoscaler" must set ' +
          'securityContext.capabilities.drop=["ALL"]), ' +
          'runAsNonRoot != true (pod or containers "ray-head", "autoscaler" must set securityContext.runAsNonRoot=true)',
      },
    });
  });

  it('says what was left, and of what the client was warned', async () => {
    const spec = { containers: [{ name: 'app', securityContext: { privileged: true } }] };
    const { fields } = await lineOf(creation({ metadata: { name: 'pod' }, spec }), policyFor('restricted'));
    expect(fields).to.include({ outcome: 'filled', pod: 'pod' });
    expect(fields.left).to.deep.equal([
      'app/runAsNonRoot=privileged',
      'app/allowPrivilegeEscalation=privileged',
      'app/capabilities=privileged',
    ]);
    expect(fields.warnings).to.deep.equal([
      'pod-hardener: container "app" is privileged and is left without: runAsNonRoot, allowPrivilegeEscalation, capabilities',
      'pod-hardener: short of restricted: privileged (container "app" must not set securityContext.privileged=true)',
    ]);
  });

  it('says nothing of what there is nothing to say of', async () => {
    const elsewhere = { ...asked, pod: 'ray-head-', milliseconds: 12.346, outcome: 'not_opted_in' };
    expect((await lineOf(creation(), undefined)).fields).to.deep.equal(elsewhere);
    const { fields } = await lineOf(creation(completePod), policyFor('restricted'));
    expect(fields).to.have.all.keys(...Object.keys(elsewhere), 'profile', 'mode', 'levelBefore', 'levelAfter');
    expect(fields).to.include({ levelBefore: 'restricted', levelAfter: 'restricted' });
  });

  it('says in what the shadow differs, where it does', async () => {
    const shadowed = (shadow: string) => lineOf(creation(), policyFor('restricted', { 'shadow-profile': shadow }));
    expect((await shadowed('hardened')).fields.shadow).to.deep.equal({
      profile: 'hardened',
      version: 'latest',
      difference: 'fills',
      onlyShadow: ['ray-head/readOnlyRootFilesystem', 'autoscaler/readOnlyRootFilesystem'],
      levelAfter: 'restricted',
    });
    expect((await shadowed('privileged@v1.30')).fields.shadow).to.deep.equal({
      profile: 'privileged',
      version: 'v1.30',
      difference: 'both',
      onlyInForce: [
        'seccompProfile',
        'ray-head/runAsNonRoot',
        'ray-head/allowPrivilegeEscalation',
        'ray-head/capabilities',
        'autoscaler/runAsNonRoot',
        'autoscaler/allowPrivilegeEscalation',
        'autoscaler/capabilities',
      ],
      levelAfter: 'baseline',
    });
    expect((await shadowed('restricted')).fields).to.not.have.property('shadow');
  });

  for (const stage of ['decide', 'self_check', 'encode'] as const) {
    it(`says which review failed, at the stage ${stage}, and the cause`, async () => {
      const { level, message, fields } = await lineOf(creation(), faultyPolicies[stage]);
      expect({ level, message }).to.deep.equal({ level: 'error', message: 'internal error' });
      expect(fields).to.include({ ...asked, outcome: 'failed', stage, status: 500 });
      expect(fields.cause).to.match(/Error: |OPERATION_/);
      expect(fields.cause, 'where').to.match(/\n {4}at /);
    });

    it(`says nothing of what is in the pod when a review fails at the stage ${stage}`, async () => {
      expect(JSON.stringify(rayHead)).to.include('a-secret-of-the-author');
      const line = JSON.stringify(await lineOf(creation(), faultyPolicies[stage]));
      expect(line).to.not.include('a-secret-of-the-author');
      expect(line.length, 'characters').to.be.below(4_000);
    });
  }

  it('says why a namespace could not be looked up', async () => {
    const { level, message, fields } = await lineOf(creation(), new Error('connect ECONNREFUSED 10.96.0.1:443'));
    expect(level).to.equal('error');
    expect(message).to.equal('the policy of namespace team cannot be looked up now');
    expect(fields).to.include({ ...asked, stage: 'lookup', status: 503 });
    expect(fields.cause).to.match(/^Error: connect ECONNREFUSED 10\.96\.0\.1:443\n/);
  });

  it('says of a bad request what is wrong with it, as a warning and without a cause', async () => {
    const { level, message, fields } = await lineOf(Buffer.from('a-secret-of-the-author'), undefined);
    expect({ level, message }).to.deep.equal({ level: 'warn', message: 'the body is not JSON' });
    expect(fields).to.deep.equal({ milliseconds: 12.346, outcome: 'failed', stage: 'decode', status: 400 });
  });

  it('says nothing of what is in the pod when a patch does not apply to it', () => {
    const pod = decodePod(rayHead);
    const lines: unknown[] = [];
    try {
      checkPatch(pod, [{ op: 'add', path: '/spec/missing/member', value: true }], pod);
    } catch (cause) {
      logReply((...line) => lines.push(line), failureReply(internalError('self_check', cause)), 0);
    }
    expect(lines).to.have.lengthOf(1);
    expect(JSON.stringify(lines)).to.not.include('a-secret-of-the-author');
  });

  it('says a cause that is no Error', () => {
    const lines: unknown[] = [];
    const error = new RequestError(500, 'decide', 'internal error', { cause: 'just text' });
    logReply((_level, _message, fields) => lines.push(asWritten(fields)), failureReply(error), 0);
    expect(lines).to.deep.equal([
      { milliseconds: 0, outcome: 'failed', stage: 'decide', status: 500, cause: 'just text' },
    ]);
  });
});
