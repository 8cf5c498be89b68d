import { expect } from 'chai';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import { createShadowing } from '../../src/commands/shadowing.ts';
import { createMetrics, type Metrics } from '../../src/metrics/metrics.ts';
import { createRecorder, recordAdvice } from '../../src/metrics/record.ts';
import { replyTo } from '../../src/webhook/reply.ts';
import type { Json } from '../pods.ts';
import { bytesOf, policyFor, reviewOf } from '../requests.ts';
import { faultyPolicies } from '../webhook/faults.ts';
import { completePod, creation, debugging, rayHead } from '../webhook/reviews.ts';
import { type Exposition, parseExposition } from './exposition.ts';

describe('createRecorder', () => {
  let metrics: Metrics;
  let record: ReturnType<typeof createRecorder>;

  beforeEach(() => {
    metrics = createMetrics('1.2.3');
    record = createRecorder(metrics, 2);
  });

  async function answer(body: Buffer, policy: Policy | undefined | Error): Promise<void> {
    const findPolicy = () => (policy instanceof Error ? Promise.reject(policy) : policy);
    record(await replyTo(body, 3_000, { findPolicy, provenance: true, minor: () => undefined }), 0.003);
  }

  async function exposed(): Promise<Exposition> {
    return parseExposition(await metrics.registry.metrics());
  }

  /** Every counter of ours that is not 0, as `name{values of its labels}`. */
  async function counted(): Promise<Record<string, number>> {
    const { samples, types } = await exposed();
    const ours = samples.filter(({ name, value }) => name.startsWith('pod_hardener_') && value !== 0);
    return Object.fromEntries(
      ours
        .filter(({ name }) => types.get(name) === 'counter')
        .map(({ name, labels, value }) => [
          `${name.replace(/^pod_hardener_|_total$/g, '')}{${Object.values(labels).join(' ')}}`,
          value,
        ]),
    );
  }

  /** The decisions counted, by profile, level before and level after. */
  async function decisions(): Promise<Record<string, number>> {
    const all = Object.entries(await counted()).flatMap(([series, value]) => {
      const [, labels] = /^decisions\{(.*)\}$/.exec(series) ?? [];
      return labels === undefined ? [] : [[labels, value] as const];
    });
    return Object.fromEntries(all);
  }

  it('counts what was filled in a pod', async () => {
    await answer(creation(), policyFor('restricted'));
    await answer(creation(), policyFor('hardened'));
    expect(await counted()).to.deep.equal({
      'admission_requests{create pods filled false}': 2,
      'decisions{restricted baseline restricted}': 1,
      'decisions{hardened baseline restricted}': 1,
      'fields_filled{seccompProfile pod restricted}': 1,
      'fields_filled{runAsNonRoot container restricted}': 2,
      'fields_filled{allowPrivilegeEscalation container restricted}': 2,
      'fields_filled{capabilities container restricted}': 2,
      'fields_filled{seccompProfile pod hardened}': 1,
      'fields_filled{runAsNonRoot container hardened}': 2,
      'fields_filled{allowPrivilegeEscalation container hardened}': 2,
      'fields_filled{capabilities container hardened}': 2,
      'fields_filled{readOnlyRootFilesystem container hardened}': 2,
      'namespace_fields_filled{team seccompProfile}': 2,
      'namespace_fields_filled{team runAsNonRoot}': 4,
      'namespace_fields_filled{team allowPrivilegeEscalation}': 4,
      'namespace_fields_filled{team capabilities}': 4,
      'namespace_fields_filled{team readOnlyRootFilesystem}': 2,
    });
  });

  it('counts what was filled in an init and in an ephemeral container', async () => {
    const spec = completePod.spec as { containers: object[] };
    const initContainers = [{ name: 'init', image: 'busybox' }];
    await answer(creation({ ...completePod, spec: { ...spec, initContainers } }), policyFor('restricted'));
    await answer(debugging(), policyFor('restricted'));
    expect(await counted()).to.deep.equal({
      'admission_requests{create pods filled false}': 1,
      'admission_requests{update ephemeralcontainers filled false}': 1,
      'decisions{restricted baseline restricted}': 1,
      // The debugger that was there before cannot change any more, and keeps the pod where it was.
      'decisions{restricted baseline baseline}': 1,
      'fields_filled{allowPrivilegeEscalation init_container restricted}': 1,
      'fields_filled{capabilities init_container restricted}': 1,
      'fields_filled{allowPrivilegeEscalation ephemeral_container restricted}': 1,
      'fields_filled{capabilities ephemeral_container restricted}': 1,
      'namespace_fields_filled{team allowPrivilegeEscalation}': 2,
      'namespace_fields_filled{team capabilities}': 2,
    });
  });

  it('counts what audit mode did not fill apart, and not for the namespace', async () => {
    await answer(creation(), policyFor('restricted', { mode: 'audit' }));
    await answer(creation(), policyFor('baseline', { mode: 'warn' }));
    expect(await counted()).to.deep.equal({
      'admission_requests{create pods would_fill false}': 2,
      'decisions{restricted baseline baseline}': 1,
      'decisions{baseline baseline baseline}': 1,
      'fields_would_fill{seccompProfile pod restricted}': 1,
      'fields_would_fill{runAsNonRoot container restricted}': 2,
      'fields_would_fill{allowPrivilegeEscalation container restricted}': 2,
      'fields_would_fill{capabilities container restricted}': 2,
      'fields_would_fill{seccompProfile pod baseline}': 1,
    });
  });

  it('counts what was left by the reason', async () => {
    const containers = [
      { name: 'a', securityContext: { privileged: true } },
      { name: 'b', securityContext: { allowPrivilegeEscalation: true, runAsUser: 0 } },
    ];
    const securityContext = { seccompProfile: { type: 'Unconfined' } };
    await answer(creation({ kind: 'Pod', spec: { securityContext, containers } }), policyFor('restricted'));
    expect(await counted()).to.deep.equal({
      'admission_requests{create pods unchanged false}': 1,
      'decisions{restricted privileged privileged}': 1,
      'fields_left{seccompProfile set-by-author}': 1,
      'fields_left{runAsNonRoot privileged}': 1,
      'fields_left{allowPrivilegeEscalation privileged}': 1,
      'fields_left{capabilities privileged}': 1,
      'fields_left{runAsNonRoot runs-as-root}': 1,
      'fields_left{allowPrivilegeEscalation set-by-author}': 1,
      'fields_left{capabilities runs-as-root}': 1,
    });
  });

  it('counts a dry run as a request, and in no other counter', async () => {
    await answer(creation(rayHead, { dryRun: true }), policyFor('restricted', { mdoe: 'fill' }));
    await answer(creation(rayHead, { dryRun: true }), policyFor('restricted', { mode: 'audit' }));
    await answer(creation(rayHead, { dryRun: true }), faultyPolicies.decide);
    expect(await counted()).to.deep.equal({
      'admission_requests{create pods filled true}': 1,
      'admission_requests{create pods would_fill true}': 1,
      'admission_requests{create pods failed true}': 1,
    });
  });

  it('counts what changes nothing', async () => {
    await answer(creation(completePod), policyFor('restricted'));
    await answer(creation(), policyFor('privileged'));
    await answer(creation(), undefined);
    await answer(creation(null, { operation: 'DELETE' }), policyFor('restricted'));
    await answer(creation({}, { resource: { group: 'apps', resource: 'deployments' } }), policyFor('restricted'));
    await answer(creation(rayHead, { operation: 'UPDATE' }), policyFor('restricted'));
    expect(await counted()).to.deep.equal({
      'admission_requests{create pods unchanged false}': 2,
      'admission_requests{create pods not_opted_in false}': 1,
      'admission_requests{other pods unchanged false}': 1,
      'admission_requests{create other unchanged false}': 1,
      'admission_requests{update pods unchanged false}': 1,
      'decisions{restricted restricted restricted}': 1,
      'decisions{privileged baseline baseline}': 1,
    });
  });

  it('counts the levels of every pod it decides on, those of a reinvocation too', async () => {
    const policy = policyFor('restricted');
    const { metadata, spec } = completePod as Record<string, Json>;
    const note = { 'pod-hardener.io/filled': 'app/capabilities' };
    await answer(creation({ ...completePod, metadata: { ...metadata, annotations: note } }), policy);
    await answer(creation({ ...completePod, spec: { ...spec, hostPID: true } }), policy);
    await answer(creation(rayHead), policyFor('baseline'));
    await answer(creation(rayHead), policyFor('baseline'));
    await answer(creation(rayHead, { dryRun: true }), policyFor('baseline'));
    const mirror = { ...metadata, annotations: { 'kubernetes.io/config.mirror': 'd0d0' } };
    await answer(creation({ ...rayHead, metadata: mirror }), policy);
    expect(await decisions()).to.deep.equal({
      'restricted restricted restricted': 1,
      'restricted privileged privileged': 1,
      'baseline baseline baseline': 2,
    });
  });

  it('counts failures by their stage', async () => {
    await answer(Buffer.from('{'), undefined);
    await answer(creation(rayHead, { uid: '' }), undefined);
    await answer(creation(), new Error('the API server is away'));
    for (const stage of ['decide', 'self_check', 'encode'] as const) await answer(creation(), faultyPolicies[stage]);
    expect(await counted()).to.deep.equal({
      'admission_requests{other other failed false}': 2,
      'admission_requests{create pods failed false}': 4,
      'errors{decode}': 2,
      'errors{lookup}': 1,
      'errors{decide}': 1,
      'errors{self_check}': 1,
      'errors{encode}': 1,
    });
  });

  describe('of a shadow', () => {
    const none = () => undefined;

    /** Counts a pod as the webhook does: with the shadow of the policy in force. */
    async function shadowed(body: Buffer, policy: Policy): Promise<Record<string, number>> {
      const options = { findPolicy: () => policy, provenance: true, minor: none };
      const reply = await replyTo(body, 3_000, options);
      record(reply, 0.003, createShadowing({ minor: none }, none)(reply));
      const all = Object.entries(await counted());
      return Object.fromEntries(all.filter(([series]) => series.startsWith('shadow_')));
    }

    it('counts whether its decision differs, and in which fields', async () => {
      const hardened = policyFor('restricted', { 'shadow-profile': 'hardened@v1.30' });
      expect(await shadowed(creation(), hardened)).to.deep.equal({
        'shadow_decisions{restricted hardened fills}': 1,
        'shadow_fields{readOnlyRootFilesystem only_shadow}': 2,
      });
      const baseline = policyFor('restricted', { 'shadow-profile': 'baseline' });
      await shadowed(creation(completePod), baseline);
      expect(await shadowed(creation(), baseline)).to.deep.equal({
        'shadow_decisions{restricted hardened fills}': 1,
        'shadow_decisions{restricted baseline none}': 1,
        'shadow_decisions{restricted baseline both}': 1,
        'shadow_fields{readOnlyRootFilesystem only_shadow}': 2,
        'shadow_fields{runAsNonRoot only_in_force}': 2,
        'shadow_fields{allowPrivilegeEscalation only_in_force}': 2,
        'shadow_fields{capabilities only_in_force}': 2,
      });
    });

    it('has all differences of a pair of profiles from the first pod on, and those of no other pair', async () => {
      const pairs = async () => {
        const { samples } = await exposed();
        const shadows = samples.filter(({ name }) => name === 'pod_hardener_shadow_decisions_total');
        return shadows.map(({ labels, value }) => [...Object.values(labels), value].join(' '));
      };
      expect(await pairs()).to.deep.equal([]);
      await shadowed(creation(), policyFor('restricted', { 'shadow-profile': 'hardened' }));
      expect((await pairs()).sort()).to.deep.equal([
        'restricted hardened both 0',
        'restricted hardened fills 1',
        'restricted hardened level 0',
        'restricted hardened none 0',
      ]);
    });

    it('counts no dry run', async () => {
      const policy = policyFor('restricted', { 'shadow-profile': 'hardened' });
      expect(await shadowed(creation(rayHead, { dryRun: true }), policy)).to.deep.equal({});
    });
  });

  it('counts the problems of a policy by their key, once for each request', async () => {
    const policy = policyFor('strictest', { mode: 'fil', mdoe: 'fill', colour: 'red', 'run-as-user': '0' });
    for (const _ of Array(2)) await answer(creation(completePod), policy);
    expect(await counted()).to.deep.equal({
      'admission_requests{create pods unchanged false}': 2,
      'decisions{restricted restricted restricted}': 2,
      'policy_problems{profile}': 2,
      'policy_problems{mode}': 2,
      'policy_problems{run-as-user}': 2,
      'policy_problems{_unknown}': 2,
    });
  });

  it('tells the first namespaces apart that had a pod filled, and no more than it is told', async () => {
    const baseline = policyFor('baseline');
    await answer(creation(completePod, { namespace: 'untouched' }), baseline);
    for (const namespace of ['b', 'a', 'c', 'd', 'a', 'c']) await answer(creation(rayHead, { namespace }), baseline);
    const { value } = await exposed();
    const filledIn = (resource_namespace: string) =>
      value('pod_hardener_namespace_fields_filled_total', { resource_namespace, field: 'seccompProfile' });
    expect(filledIn('b')).to.equal(1);
    expect(filledIn('a')).to.equal(2);
    expect(filledIn('_other')).to.equal(3);
    for (const namespace of ['c', 'd', 'untouched']) expect(filledIn(namespace), namespace).to.equal(undefined);
  });

  it('tells no namespace apart when it is told 0', async () => {
    record = createRecorder(metrics, 0);
    await answer(creation(), policyFor('restricted'));
    const { samples } = await exposed();
    expect(samples.filter(({ labels }) => 'resource_namespace' in labels)).to.deep.equal([]);
  });

  it('measures the seconds of every request in buckets', async () => {
    await answer(creation(), policyFor('restricted'));
    await answer(Buffer.from('{'), undefined);
    const { value } = await exposed();
    const below = (le: string) => value('pod_hardener_admission_duration_seconds_bucket', { le });
    expect([below('0.0025'), below('0.005'), below('+Inf')]).to.deep.equal([0, 2, 2]);
    expect(value('pod_hardener_admission_duration_seconds_count')).to.equal(2);
    expect(value('pod_hardener_admission_duration_seconds_sum')).to.equal(0.006);
  });

  it('names no pod, container, image or user in a label, and has as many series for 1,000 namespaces as for 3', async () => {
    record = createRecorder(metrics, 50);
    const policy = policyFor('restricted', { 'run-as-user': '1000', 'fs-group': '2000', 'odd-key': 'odd-value' });
    const run = async (from: number, to: number) => {
      for (let index = from; index < to; index++) {
        const containers = [{ name: `container-name-${index}`, image: `image-name-${index}` }];
        const pod = { kind: 'Pod', metadata: { name: `pod-name-${index}` }, spec: { containers } };
        const userInfo = { username: `user-name-${index}` };
        await answer(bytesOf(reviewOf(pod, { namespace: `namespace-${index}`, userInfo })), policy);
      }
    };
    const seriesOf = ({ samples }: Exposition) => samples.filter(({ name }) => name.startsWith('pod_hardener_')).length;
    await run(0, 51);
    const few = seriesOf(await exposed());
    await run(51, 1_000);
    const text = await metrics.registry.metrics();
    expect(text).to.not.match(/(container|image|pod|user)-name|odd-/);
    expect(seriesOf(parseExposition(text))).to.equal(few);
    const namespaces = parseExposition(text).samples.map(({ labels }) => labels.resource_namespace);
    expect(new Set(namespaces).size, 'those, _other, and none').to.equal(52);
  });
});

describe('recordAdvice', () => {
  it('counts what was said about what, but for dry runs', async () => {
    const metrics = createMetrics('1.2.3');
    recordAdvice(metrics, { kind: 'namespaces', outcome: 'advised', request: { dryRun: false } });
    recordAdvice(metrics, { kind: 'workloads', outcome: 'silent', request: { dryRun: false } });
    recordAdvice(metrics, { kind: 'workloads', outcome: 'failed' });
    recordAdvice(metrics, { kind: 'workloads', outcome: 'advised', request: { dryRun: true } });
    const { samples } = parseExposition(await metrics.registry.metrics());
    const counts = samples.filter(({ name }) => name === 'pod_hardener_advice_requests_total');
    expect(counts.map(({ labels, value }) => [labels.kind, labels.outcome, value])).to.deep.equal([
      ['namespaces', 'advised', 1],
      ['namespaces', 'silent', 0],
      ['namespaces', 'failed', 0],
      ['workloads', 'advised', 0],
      ['workloads', 'silent', 1],
      ['workloads', 'failed', 1],
    ]);
  });
});
