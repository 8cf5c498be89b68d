import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../src/admission/decide.ts';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import { decodeReview, encodeReview } from '../../src/admission/review.ts';
import { decodePod } from '../../src/policy/decodePod.ts';
import type { Pod } from '../../src/policy/pod.ts';
import {
  imageUsers,
  mutated,
  namespaceAnnotations,
  nonsenseAnnotations,
  pods,
  profiles,
  runs,
} from '../arbitraries.ts';
import { evidenceOf } from '../kubelet.ts';
import { annotated, cloneOf, containerOf, podOf } from '../pods.ts';
import { decideAsPromised, expectKept, patchedBy } from '../promises.ts';
import { bytesOf, policyFor, requestFor, reviewOf } from '../requests.ts';
import { violatingPods } from '../violations.ts';

const options = { provenance: true };
const hardened = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const nothing = {
  filled: [],
  wouldFill: [],
  left: [],
  remaining: [],
  operations: [],
  warnings: [],
  auditAnnotations: {},
};

/** What is written on a namespace: the arguments of `policyFor`, which a counterexample shows at a glance. */
const settings = fc.tuple(
  profiles,
  fc.oneof({ weight: 3, arbitrary: namespaceAnnotations }, { weight: 1, arbitrary: nonsenseAnnotations }),
);

describe('decide', () => {
  it('patches a pod that says nothing', () => {
    const { operations, outcome } = decide(requestFor(podOf([containerOf('app')])), policyFor('restricted'), options);
    expect(outcome).to.equal('filled');
    expect(operations).to.deep.equal([
      { op: 'add', path: '/spec/securityContext', value: { seccompProfile: { type: 'RuntimeDefault' } } },
      { op: 'add', path: '/spec/containers/0/securityContext', value: hardened },
      {
        op: 'add',
        path: '/metadata/annotations',
        value: {
          'pod-hardener.io/filled': 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile',
        },
      },
    ]);
  });

  it('adds volumes, their mounts and a note for the autoscaler with a read-only root filesystem', () => {
    const pod = podOf([{ ...containerOf('app'), volumeMounts: [{ mountPath: '/data' }] }], { volumes: [] });
    const policy = policyFor('privileged', { controls: '+readOnlyRootFilesystem' });
    expect(decide(requestFor(pod), policy, options).operations).to.deep.equal([
      { op: 'add', path: '/spec/containers/0/securityContext', value: { readOnlyRootFilesystem: true } },
      { op: 'add', path: '/spec/volumes/0', value: { name: 'pod-hardener-1', emptyDir: { sizeLimit: '256Mi' } } },
      { op: 'add', path: '/spec/containers/0/volumeMounts/1', value: { name: 'pod-hardener-1', mountPath: '/tmp' } },
      {
        op: 'add',
        path: '/metadata/annotations',
        value: {
          'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'pod-hardener-1',
          'pod-hardener.io/filled': 'app/readOnlyRootFilesystem',
        },
      },
    ]);
  });

  it('patches what is missing in a pod that says something', () => {
    const context = { runAsNonRoot: true, capabilities: { add: ['CHOWN'], drop: ['NET_RAW'] } };
    const pod = podOf([containerOf('app', context)], { securityContext: { runAsUser: 1000 } });
    const request = requestFor(annotated(pod, { team: 'a' }));
    expect(decide(request, policyFor('restricted'), options).operations).to.deep.equal([
      { op: 'add', path: '/spec/securityContext/seccompProfile', value: { type: 'RuntimeDefault' } },
      { op: 'add', path: '/spec/containers/0/securityContext/allowPrivilegeEscalation', value: false },
      { op: 'add', path: '/spec/containers/0/securityContext/capabilities/drop/1', value: 'ALL' },
      {
        op: 'add',
        path: '/metadata/annotations/pod-hardener.io~1filled',
        value: 'app/allowPrivilegeEscalation,app/capabilities,seccompProfile',
      },
    ]);
  });

  it('decides nothing on a request that has nothing to fill', () => {
    const { subject: _, ...request } = requestFor(podOf([]));
    expect(decide(request, policyFor('restricted'), options)).to.deep.equal({ outcome: 'unchanged', ...nothing });
  });

  it('decides nothing in a namespace that is not opted in', () => {
    const request = requestFor(podOf([containerOf('app')]));
    expect(decide(request, undefined, options)).to.deep.equal({ outcome: 'not_opted_in', ...nothing });
  });

  it('does not touch a mirror pod', () => {
    const pod = annotated(podOf([containerOf('app', { privileged: true })]), { 'kubernetes.io/config.mirror': '' });
    const policy = policyFor('restricted');
    expect(decide(requestFor(pod), policy, options)).to.deep.equal({ outcome: 'unchanged', policy, ...nothing });
  });

  it('has no patch for a pod that has it all', () => {
    const pod = podOf([containerOf('app', hardened)], {
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    });
    const decision = decide(requestFor(pod), policyFor('restricted'), options);
    expect([decision.outcome, decision.operations, decision.intended]).to.deep.equal(['unchanged', [], undefined]);
  });

  for (const mode of ['audit', 'warn']) {
    it(`has no patch in ${mode} mode, and says what it would fill`, () => {
      const { outcome, operations, filled, wouldFill, intended } = decide(
        requestFor(podOf([containerOf('app')])),
        policyFor('restricted', { mode }),
        options,
      );
      expect([outcome, operations, filled, intended]).to.deep.equal(['would_fill', [], [], undefined]);
      expect(wouldFill.map(({ control, scope, mode: own }) => [control, scope, own])).to.deep.equal([
        ['seccompProfile', 'pod', mode],
        ['runAsNonRoot', 'container', mode],
        ['allowPrivilegeEscalation', 'container', mode],
        ['capabilities', 'container', mode],
      ]);
    });
  }

  it('fills what is to be filled and tells the rest where controls have modes of their own', () => {
    const policy = policyFor('restricted', { controls: 'capabilities=audit,runAsNonRoot=warn' });
    const decision = decide(requestFor(podOf([containerOf('app')])), policy, options);
    expect(decision.outcome).to.equal('filled');
    expect(decision.filled.map(({ control }) => control)).to.deep.equal(['seccompProfile', 'allowPrivilegeEscalation']);
    expect(decision.wouldFill.map(({ control, mode }) => `${control}=${mode}`)).to.deep.equal([
      'runAsNonRoot=warn',
      'capabilities=audit',
    ]);
    expect(decision.warnings).to.deep.equal(['pod-hardener: container "app" would get runAsNonRoot']);
  });

  it('fills a container whose name needs escaping in the annotation’s list only', () => {
    const pod = podOf([containerOf('a/b~c')], { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } });
    const [context, note] = decide(requestFor(pod), policyFor('restricted'), options).operations;
    expect(context?.path).to.equal('/spec/containers/0/securityContext');
    expect(note?.value).to.deep.equal({
      'pod-hardener.io/filled': 'a/b~c/allowPrivilegeEscalation,a/b~c/capabilities,a/b~c/runAsNonRoot',
    });
  });
});

describe('a decision that knows of images', () => {
  const image = 'registry.example/app:1';
  const decideWith = (user: string, annotations: Record<string, string> = {}, pod = podOf([containerOf('app')])) =>
    decide(requestFor(pod), policyFor('restricted', annotations), {
      ...options,
      evidence: evidenceOf({ [image]: user }),
    });

  it('is that of one who knows nothing where nothing speaks against it', () => {
    const unknowing = decide(requestFor(podOf([containerOf('app')])), policyFor('restricted'), options);
    expect(decideWith('uid 1000')).to.deep.equal(unknowing);
  });

  it('fills the user beside what it lets start, and says so', () => {
    const { operations, filled, left, levels, warnings } = decideWith('named 1000');
    expect(operations.slice(1)).to.deep.equal([
      { op: 'add', path: '/spec/containers/0/securityContext', value: { ...hardened, runAsUser: 1000 } },
      {
        op: 'add',
        path: '/metadata/annotations',
        value: {
          'pod-hardener.io/filled':
            'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,app/runAsUser,seccompProfile',
        },
      },
    ]);
    expect(filled.map(({ control }) => control)).to.include('runAsUser');
    expect([left, levels, warnings]).to.deep.equal([[], { before: 'baseline', after: 'restricted' }, []]);
  });

  it('leaves what would keep the container from starting, and tells the client and the audit log', () => {
    const { operations, left, levels, warnings, auditAnnotations } = decideWith('root');
    expect(operations[1]).to.deep.equal({
      op: 'add',
      path: '/spec/containers/0/securityContext',
      value: { allowPrivilegeEscalation: false },
    });
    const path = ['spec', 'containers', 0, 'securityContext'];
    expect(left).to.deep.equal([
      {
        control: 'runAsNonRoot',
        path: [...path, 'runAsNonRoot'],
        reason: 'image-runs-as-root',
        container: 'app',
      },
      {
        control: 'capabilities',
        path: [...path, 'capabilities'],
        reason: 'image-runs-as-root',
        container: 'app',
      },
    ]);
    expect(levels).to.deep.equal({ before: 'baseline', after: 'baseline' });
    expect(warnings).to.deep.equal([
      'pod-hardener: container "app" may be root by its image and is left without: runAsNonRoot, capabilities',
    ]);
    expect(auditAnnotations).to.include({
      left: 'app/capabilities=image-runs-as-root,app/runAsNonRoot=image-runs-as-root',
    });
  });

  it('tells the client of it also where the level does not ask for the field', () => {
    const policy = policyFor('baseline', { controls: '+runAsNonRoot' });
    const evidence = evidenceOf({ [image]: 'named' });
    expect(decide(requestFor(podOf([containerOf('app')])), policy, { ...options, evidence }).warnings).to.deep.equal([
      'pod-hardener: container "app" may be root by its image and is left without: runAsNonRoot',
    ]);
  });

  it('is silent about a pod with nothing to leave', () => {
    expect(decideWith('root', { 'root-images': '1000' }).warnings).to.deep.equal([]);
    expect(decideWith('root', { 'root-images': 'fill' }).warnings).to.deep.equal([]);
  });

  it('keeps the user in the annotation when a container is injected later', () => {
    const first = patchedBy(podOf([containerOf('app')]), decideWith('named 1000').operations);
    const injected = { ...first, spec: { ...first.spec, containers: [...first.spec.containers, { name: 'proxy' }] } };
    const { operations } = decideWith('named 1000', {}, injected);
    expect(operations.at(-1)?.value).to.equal(
      'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,app/runAsUser,' +
        'proxy/allowPrivilegeEscalation,proxy/capabilities,proxy/runAsNonRoot,seccompProfile',
    );
  });

  it('takes nothing back when more is known in the second call, and overwrites nothing', () => {
    const pod = podOf([containerOf('app')]);
    for (const annotations of [{}, { 'root-images': '1000' }, { 'root-images': 'fill' }]) {
      for (const [early, late] of [
        ['uid 1000', 'root'],
        ['uid 1000', 'named'],
        ['named 1000', 'root'],
        ['root', 'uid 1000'],
        ['root', 'named 1000'],
      ] as const) {
        const first = patchedBy(pod, decideWith(early, annotations).operations);
        const second = patchedBy(first, decideWith(late, annotations, first).operations);
        expectKept(first, second);
        expect(decideWith(late, annotations, second).operations, `${early}, then ${late}`).to.deep.equal([]);
      }
    }
  });
});

describe('the levels of a decision', () => {
  const confined = { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } };
  const decideOn = (pod: Pod, policy = policyFor('restricted'), minor?: number, before?: Pod) =>
    decide(requestFor(pod, before), policy, { ...options, minor });

  it('are those of the pod as it came and as it was filled', () => {
    const { levels, remaining } = decideOn(podOf([containerOf('app')]));
    expect(levels).to.deep.equal({ before: 'baseline', after: 'restricted' });
    expect(remaining).to.deep.equal([]);
  });

  it('are one for a pod that has it all', () => {
    const { levels, remaining } = decideOn(podOf([containerOf('app', hardened)], confined));
    expect(levels).to.deep.equal({ before: 'restricted', after: 'restricted' });
    expect(remaining).to.deep.equal([]);
  });

  for (const mode of ['audit', 'warn']) {
    it(`are one in ${mode} mode, in which nothing is filled, and all that is missing remains`, () => {
      const { levels, remaining } = decideOn(podOf([containerOf('app')]), policyFor('restricted', { mode }));
      expect(levels).to.deep.equal({ before: 'baseline', after: 'baseline' });
      expect(remaining).to.deep.equal([
        {
          control: 'allowPrivilegeEscalation',
          reason: 'allowPrivilegeEscalation != false',
          detail: 'container "app" must set securityContext.allowPrivilegeEscalation=false',
        },
        {
          control: 'capabilities',
          reason: 'unrestricted capabilities',
          detail: 'container "app" must set securityContext.capabilities.drop=["ALL"]',
        },
        {
          control: 'runAsNonRoot',
          reason: 'runAsNonRoot != true',
          detail: 'pod or container "app" must set securityContext.runAsNonRoot=true',
        },
        {
          control: 'seccompProfile',
          reason: 'seccompProfile',
          detail:
            'pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
        },
      ]);
    });
  }

  it('say what remains for the level of the profile, and not for a higher one', () => {
    const pod = podOf([containerOf('app', { capabilities: { add: ['NET_ADMIN'] } })], { hostPID: true });
    const baseline = decideOn(pod, policyFor('baseline'));
    expect(baseline.levels).to.deep.equal({ before: 'privileged', after: 'privileged' });
    expect(baseline.remaining.map(({ reason }) => reason)).to.deep.equal([
      'non-default capabilities',
      'host namespaces',
    ]);
    const restricted = decideOn(pod);
    expect(restricted.levels).to.deep.equal({ before: 'privileged', after: 'privileged' });
    expect(restricted.remaining.map(({ reason, detail }) => `${reason} (${detail})`)).to.deep.equal([
      'host namespaces (hostPID=true)',
      'unrestricted capabilities (container "app" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    ]);
    const privileged = decideOn(pod, policyFor('privileged'));
    expect(privileged.levels).to.deep.equal({ before: 'privileged', after: 'privileged' });
    expect(privileged.remaining).to.deep.equal([]);
  });

  it('are higher than the profile asks for where the pod is', () => {
    const { levels } = decideOn(podOf([containerOf('app', hardened)]), policyFor('baseline'));
    expect(levels).to.deep.equal({ before: 'baseline', after: 'restricted' });
  });

  it('are those of the version that the namespace names', () => {
    const pod = podOf([containerOf('app', { runAsNonRoot: true })]);
    const levelsIn = (version: string) =>
      decideOn(pod, policyFor('restricted', { mode: 'audit', 'profile-version': version })).levels?.before;
    expect(['v1.7', 'v1.8', 'v1.36', 'latest'].map(levelsIn)).to.deep.equal([
      'restricted',
      'baseline',
      'baseline',
      'baseline',
    ]);
  });

  it('are those of the cluster’s own version for the latest, and of the newest where the cluster is not known', () => {
    const livenessProbe = { httpGet: { port: 80, host: 'example.com' } };
    const pod = podOf([{ ...containerOf('app', hardened), livenessProbe }], confined);
    const levelsIn = (minor: number | undefined) => decideOn(pod, policyFor('restricted'), minor).levels?.after;
    expect([33, 34, 99, undefined].map(levelsIn)).to.deep.equal([
      'restricted',
      'privileged',
      'privileged',
      'privileged',
    ]);
    const named = decideOn(pod, policyFor('restricted', { 'profile-version': 'v1.33' }), 36);
    expect(named.levels).to.deep.equal({ before: 'restricted', after: 'restricted' });
  });

  it('are those of the whole pod when an ephemeral container is added', () => {
    const before = podOf([containerOf('app', hardened)], confined);
    const debugged = podOf([containerOf('app', hardened)], {
      ...confined,
      ephemeralContainers: [containerOf('shell')],
    });
    const added = decideOn(debugged, policyFor('restricted'), undefined, before);
    expect(added.levels).to.deep.equal({ before: 'baseline', after: 'restricted' });
    expect(added.remaining).to.deep.equal([]);

    const bare = podOf([containerOf('app')]);
    const stays = podOf([containerOf('app')], { ephemeralContainers: [containerOf('shell')] });
    const late = decideOn(stays, policyFor('restricted'), undefined, bare);
    expect(late.outcome).to.equal('filled');
    expect(late.levels).to.deep.equal({ before: 'baseline', after: 'baseline' });
    expect(late.remaining.map(({ detail }) => detail)).to.deep.equal([
      'container "app" must set securityContext.allowPrivilegeEscalation=false',
      'container "app" must set securityContext.capabilities.drop=["ALL"]',
      'pod or container "app" must set securityContext.runAsNonRoot=true',
      'pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    ]);
  });

  it('are higher in a user namespace that was filled', () => {
    const pod = podOf([containerOf('app', { ...hardened, runAsNonRoot: false })], confined);
    const policy = policyFor('restricted', { controls: '+hostUsers' });
    expect(decideOn(pod, policy, 35).levels).to.deep.equal({ before: 'baseline', after: 'restricted' });
    expect(decideOn(pod, policy, 34).levels).to.deep.equal({ before: 'baseline', after: 'baseline' });
  });

  it('are absent where the pod is not looked at', () => {
    const pod = podOf([containerOf('app')]);
    const { subject: _, ...other } = requestFor(pod);
    const mirror = annotated(pod, { 'kubernetes.io/config.mirror': 'd0d0' });
    expect(decideOn(mirror)).not.to.have.property('levels');
    expect(decide(other, policyFor('restricted'), options)).not.to.have.property('levels');
    expect(decide(requestFor(pod), undefined, options)).not.to.have.property('levels');
  });
});

describe('a control of which the field is younger than the cluster', () => {
  const policy = policyFor('restricted', { controls: '+appArmorProfile' });
  const pod = podOf([containerOf('app', hardened)], {
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
  });
  const at = (minor: number | undefined) => decide(requestFor(pod), policy, { ...options, minor });

  it('is left, and the reason is told to the audit log', () => {
    const { outcome, left, operations, warnings, auditAnnotations } = at(29);
    expect(outcome).to.equal('unchanged');
    expect(left).to.deep.equal([
      {
        control: 'appArmorProfile',
        path: ['spec', 'securityContext', 'appArmorProfile'],
        reason: 'unsupported-version',
      },
    ]);
    expect(operations).to.deep.equal([]);
    expect(warnings).to.deep.equal([]);
    expect(auditAnnotations).to.deep.equal({
      policy: 'restricted:latest fill',
      level: 'restricted -> restricted',
      left: 'appArmorProfile=unsupported-version',
    });
  });

  for (const minor of [30, 36, undefined]) {
    it(`is filled where the cluster's minor is ${minor ?? 'not known'}`, () => {
      const { filled, left } = at(minor);
      expect(left).to.deep.equal([]);
      expect(filled.map(({ control, value }) => [control, value])).to.deep.equal([
        ['appArmorProfile', { type: 'RuntimeDefault' }],
      ]);
    });
  }
});

describe('every decision', () => {
  it('keeps its promises on a pod that is created', () => {
    fc.assert(
      fc.property(pods, settings, (pod, written) => {
        decideAsPromised(pod, policyFor(...written));
      }),
      runs,
    );
  });

  it('keeps its promises on a pod that violates the standards', () => {
    fc.assert(
      fc.property(violatingPods, settings, (pod, written) => {
        decideAsPromised(pod, policyFor(...written));
      }),
      runs,
    );
  });

  it('keeps its promises with the controls that take part by name only, in clusters of any version', () => {
    const controls = '+appArmorProfile,+hostUsers,+supplementalGroupsPolicy';
    const minor = fc.integer({ min: 28, max: 37 });
    fc.assert(
      fc.property(fc.oneof(violatingPods, pods), profiles, minor, (pod, profile, cluster) => {
        decideAsPromised(pod, policyFor(profile, { controls }), { minor: cluster });
      }),
      runs,
    );
  });

  it('keeps its promises, and every container starting that is known to start, whatever is known of images', () => {
    const known = fc.nat({ max: 6 });
    fc.assert(
      fc.property(pods, settings, imageUsers, fc.option(known), (pod, written, images, debugged) => {
        const old = pod.spec.ephemeralContainers?.slice(0, debugged ?? 0) ?? null;
        const before = debugged === null ? undefined : { ...pod, spec: { ...pod.spec, ephemeralContainers: old } };
        decideAsPromised(pod, policyFor(...written), { before, evidence: evidenceOf(images) });
      }),
      { ...runs, numRuns: 300 },
    );
  });

  it('keeps its promises on ephemeral containers that are added', () => {
    fc.assert(
      fc.property(pods, settings, fc.nat({ max: 6 }), (pod, written, known) => {
        const old = pod.spec.ephemeralContainers?.slice(0, known) ?? null;
        const before = { ...pod, spec: { ...pod.spec, ephemeralContainers: old } };
        decideAsPromised(pod, policyFor(...written), { before });
      }),
      runs,
    );
  });

  it('keeps its promises on whatever passes for a pod', () => {
    fc.assert(
      fc.property(mutated(pods), settings, (value, written) => {
        let pod: Pod;
        try {
          pod = decodePod(value);
        } catch {
          return;
        }
        decideAsPromised(pod, policyFor(...written));
      }),
      runs,
    );
  });

  it('is answered with the same bytes when the same request comes again', () => {
    const answer = (body: Buffer, policy: Policy) => {
      const request = decodeReview(body);
      return encodeReview(request.uid, decide(request, policy, options));
    };
    fc.assert(
      fc.property(pods, settings, (pod, [profile, annotations]) => {
        const body = bytesOf(reviewOf(pod));
        expect(answer(body, policyFor(profile, cloneOf(annotations)))).to.equal(
          answer(Buffer.from(body), policyFor(profile, annotations)),
        );
      }),
      runs,
    );
  });

  it('is answered without a patch, in words of the second call, when the patched pod comes again', () => {
    fc.assert(
      fc.property(pods, settings, (pod, written) => {
        const policy = policyFor(...written);
        const first = decide(requestFor(pod), policy, options);
        fc.pre(first.outcome === 'filled');
        const patched = patchedBy(pod, first.operations);
        const request = decodeReview(bytesOf(reviewOf(patched)));
        const answer = JSON.parse(encodeReview(request.uid, decide(request, policy, options)));
        expect(answer.response).not.to.have.any.keys('patch', 'patchType');
        for (const key of Object.keys(answer.response.auditAnnotations)) expect(key).to.match(/-again$/);
      }),
      runs,
    );
  });

  it('covers no integer that JavaScript cannot hold', () => {
    const big = '9007199254740993';
    const text = JSON.stringify({
      metadata: { name: 'demo', labels: { a: 'b' }, generation: 'BIG', annotations: { a: 'b' } },
      spec: {
        priority: 'BIG',
        securityContext: { runAsUser: 'BIG', unknown: ['BIG'] },
        containers: [
          {
            name: 'app',
            unknown: 'BIG',
            securityContext: { unknown: { deep: 'BIG' }, capabilities: { extra: 'BIG' } },
          },
          { name: 'proxy', resources: { limits: 'BIG' } },
        ],
      },
      status: 'BIG',
    }).replaceAll('"BIG"', big);
    const marked = JSON.parse(text.replaceAll(big, '"BIG"'));
    const { operations } = decide(requestFor(decodePod(JSON.parse(text))), policyFor('restricted'), options);
    expect(operations.map(({ path }) => path)).to.deep.equal([
      '/spec/securityContext/seccompProfile',
      '/spec/containers/0/securityContext/runAsNonRoot',
      '/spec/containers/0/securityContext/allowPrivilegeEscalation',
      '/spec/containers/0/securityContext/capabilities/drop',
      '/spec/containers/1/securityContext',
      '/metadata/annotations/pod-hardener.io~1filled',
    ]);
    expect(JSON.stringify(operations)).not.to.match(/\d{16}/);
    expect(JSON.stringify(patchedBy(marked, operations)).split('"BIG"')).to.have.lengthOf(text.split(big).length);
  });
});
