import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../src/admission/decide.ts';
import { filledFields, withoutFilled } from '../../src/admission/filledFields.ts';
import { entryOf } from '../../src/policy/entry.ts';
import { toDotted } from '../../src/policy/path.ts';
import { allContainers, type Pod } from '../../src/policy/pod.ts';
import { namespaceAnnotations, pods, profiles, runs } from '../arbitraries.ts';
import { annotated, cloneOf, containerOf, deepFreeze, podOf } from '../pods.ts';
import { patchedBy } from '../promises.ts';
import { policyFor, requestFor } from '../requests.ts';

const key = 'pod-hardener.io/filled';

function noted(pod: Pod, text: string): Pod {
  return annotated(pod, { [key]: text });
}

describe('filledFields', () => {
  it('are undefined without the annotation', () => {
    expect(filledFields(podOf([containerOf('app', { runAsNonRoot: true })]))).to.equal(undefined);
  });

  it('are those that the annotation names and the pod bears out, with their values', () => {
    const context = { runAsNonRoot: true, capabilities: { add: ['CHOWN'], drop: ['NET_RAW', 'ALL'] } };
    const pod = podOf([containerOf('web', context)], {
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(filledFields(noted(pod, 'seccompProfile,web/capabilities,web/runAsNonRoot'))).to.deep.equal({
      fields: [
        {
          control: 'seccompProfile',
          path: ['spec', 'securityContext', 'seccompProfile'],
          value: { type: 'RuntimeDefault' },
        },
        {
          control: 'runAsNonRoot',
          container: 'web',
          path: ['spec', 'containers', 0, 'securityContext', 'runAsNonRoot'],
          value: true,
        },
        {
          control: 'capabilities',
          container: 'web',
          path: ['spec', 'containers', 0, 'securityContext', 'capabilities', 'drop'],
          value: ['ALL'],
        },
      ],
      doubted: [],
      unnamed: 0,
    });
  });

  it('may have any value that an administrator can give, since the namespace may say something else by now', () => {
    const containers = [
      containerOf('a', { runAsUser: 1000, runAsGroup: 3000 }),
      containerOf('b', { runAsUser: 0 }),
      containerOf('c', { runAsUser: 2000 }),
    ];
    const securityContext = {
      fsGroup: 7,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' },
    };
    const list = 'a/runAsGroup,a/runAsUser,b/runAsUser,c/runAsUser,fsGroup,fsGroupChangePolicy,seccompProfile';
    const found = filledFields(noted(podOf(containers, { securityContext }), list));
    expect(found?.fields.map(({ path, value }) => [toDotted(path), value])).to.deep.equal([
      ['spec.securityContext.seccompProfile', { type: 'Localhost', localhostProfile: 'a.json' }],
      ['spec.securityContext.fsGroup', 7],
      ['spec.securityContext.fsGroupChangePolicy', 'OnRootMismatch'],
      ['spec.containers[0].securityContext.runAsUser', 1000],
      ['spec.containers[0].securityContext.runAsGroup', 3000],
      ['spec.containers[2].securityContext.runAsUser', 2000],
    ]);
    expect(found?.doubted).to.deep.equal(['b/runAsUser']);
  });

  it('are none that have a value which is never filled, and those are doubted', () => {
    const pod = podOf([containerOf('app', { runAsNonRoot: false, privileged: true, allowPrivilegeEscalation: true })], {
      securityContext: { seccompProfile: { type: 'Unconfined' } },
    });
    const forged = 'app/runAsNonRoot,app/allowPrivilegeEscalation,seccompProfile,app/privileged,gone/capabilities,<b>';
    expect(filledFields(noted(pod, forged))).to.deep.equal({ fields: [], doubted: forged.split(','), unnamed: 0 });
  });

  it('tell how many there was no room for', () => {
    const pod = podOf([containerOf('app', { runAsNonRoot: true })]);
    const { fields, doubted, unnamed } = filledFields(noted(pod, 'app/runAsNonRoot,…+12')) ?? {};
    expect({ fields: fields?.length, doubted, unnamed }).to.deep.equal({ fields: 1, doubted: [], unnamed: 12 });
  });

  it('are none in a text that is longer than any of ours', () => {
    const pod = podOf([containerOf('app', { runAsNonRoot: true })]);
    const long = `app/runAsNonRoot,${'x'.repeat(4096)}`;
    expect(filledFields(noted(pod, long))).to.deep.equal({ fields: [], doubted: [], unnamed: 0 });
  });

  it('are found for a thousand containers of different users without delay', () => {
    const containers = Array.from({ length: 1000 }, (_, index) => containerOf(`c${index}`, { runAsUser: index + 1 }));
    const list = Array.from({ length: 250 }, (_, index) => `c${index}/runAsUser`).join(',');
    const started = performance.now();
    expect(filledFields(noted(podOf(containers), list))?.fields).to.have.length(250);
    expect(performance.now() - started).to.be.lessThan(2_000);
  });
});

describe('withoutFilled', () => {
  it('is the pod as it was written', () => {
    fc.assert(
      fc.property(pods, profiles, namespaceAnnotations, (pod, profile, annotations) => {
        // The annotation tells no names apart that differ in space, which no API server accepts.
        const names = allContainers(pod).map(({ name }) => name.trim());
        fc.pre(new Set(names).size === names.length);
        const decision = decide(requestFor(pod), policyFor(profile, annotations), { provenance: true });
        const filled = deepFreeze(patchedBy(pod, decision.operations));
        const found = filledFields(filled);
        fc.pre(decision.filled.length > 0 && found !== undefined && found.doubted.length === 0 && found.unnamed === 0);
        const written = withoutFilled(filled, found?.fields ?? []);
        const again = decide(requestFor(written), policyFor(profile, annotations), { provenance: false });
        expect(again.levels?.before).to.equal(decision.levels?.before);
        expect(again.filled.map(entryOf)).to.deep.equal(decision.filled.map(entryOf));
      }),
      runs,
    );
  });

  it('keeps what the author drops', () => {
    const pod = noted(podOf([containerOf('app', { capabilities: { drop: ['NET_RAW', 'ALL'] } })]), 'app/capabilities');
    const written = withoutFilled(deepFreeze(cloneOf(pod)), filledFields(pod)?.fields ?? []);
    expect(written.spec.containers[0]?.securityContext).to.deep.equal({ capabilities: { drop: ['NET_RAW'] } });
  });
});
