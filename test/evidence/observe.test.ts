import { expect } from 'chai';
import type { Observation } from '../../src/evidence/observe.ts';
import { sightingOf } from '../../src/evidence/sighting.ts';
import { digestA, digestB, endedPod, refusals, refusedPod, runningPod } from './observedPods.ts';

const observationsOf = (pod: unknown): readonly Observation[] => sightingOf(pod).observations;
const startedAt = Date.parse('2026-01-01T10:00:05Z');
const createdAt = Date.parse('2026-01-01T10:00:00Z');
const name = 'docker.io/library/nginx:1.27';
const ranAs1000: Observation = { digest: digestA, facts: { uid: 1000 }, references: [name], at: startedAt };

describe('what a running pod shows of its images', () => {
  it('is the number that the runtime tells, for the digest and the name that it tells', () => {
    expect(observationsOf(runningPod())).to.deep.equal([ranAs1000]);
  });

  it('is root where that number is 0', () => {
    const status = { user: { linux: { uid: 0, gid: 0, supplementalGroups: [0] } } };
    expect(observationsOf(runningPod({ status }))).to.deep.equal([{ ...ranAs1000, facts: { root: true } }]);
  });

  it('is the same in a user namespace, where the runtime tells the number inside', () => {
    const status = { user: { linux: { uid: 0, gid: 0 } } };
    expect(observationsOf(runningPod({ spec: { hostUsers: false }, status }))).to.deep.equal([
      { ...ranAs1000, facts: { root: true } },
    ]);
  });

  it('is the same where its author gives the command: the user of the first process is still the one of the image', () => {
    expect(observationsOf(runningPod({ container: { command: ['sh'], args: ['-c', 'id'] } }))).to.deep.equal([
      ranAs1000,
    ]);
  });

  it('is no user where the container or the pod names one, be it 0', () => {
    const noUser = [{ digest: digestA, references: [name], at: startedAt }];
    for (const runAsUser of [0, 1000]) {
      expect(observationsOf(runningPod({ container: { securityContext: { runAsUser } } }))).to.deep.equal(noUser);
      expect(observationsOf(runningPod({ spec: { securityContext: { runAsUser } } }))).to.deep.equal(noUser);
    }
  });

  it('is no user where the runtime tells none, or nonsense', () => {
    const nonsense = [
      null,
      {},
      { linux: null },
      { linux: {} },
      ...[-1, 1.5, '0', 2 ** 31].map((uid) => ({ linux: { uid } })),
    ];
    for (const user of nonsense) {
      expect(observationsOf(runningPod({ status: { user } }))).to.deep.equal([
        { digest: digestA, references: [name], at: startedAt },
      ]);
    }
  });

  it('is nothing on Windows', () => {
    expect(observationsOf(runningPod({ spec: { os: { name: 'windows' } } }))).to.deep.equal([]);
  });

  it('is the same when the container has ended', () => {
    expect(observationsOf(endedPod({}))).to.deep.equal([ranAs1000]);
  });

  it('comes from init containers, native sidecars and ephemeral containers as well', () => {
    const pod = runningPod();
    const [status] = pod.status.containerStatuses;
    const ended = {
      terminated: { exitCode: 0, startedAt: '2026-01-01T10:00:05Z', finishedAt: '2026-01-01T10:00:06Z' },
    };
    const all = {
      ...pod,
      spec: {
        initContainers: [
          { name: 'first', image: 'nginx:1.27' },
          { name: 'beside', image: 'nginx:1.27', restartPolicy: 'Always' },
        ],
        containers: pod.spec.containers,
        ephemeralContainers: [{ name: 'debugger', image: 'nginx:1.27' }],
      },
      status: {
        initContainerStatuses: [
          { ...status, name: 'first', state: ended },
          { ...status, name: 'beside' },
        ],
        containerStatuses: [status],
        ephemeralContainerStatuses: [{ ...status, name: 'debugger' }],
      },
    };
    expect(observationsOf(all)).to.deep.equal([ranAs1000, ranAs1000, ranAs1000, ranAs1000]);
  });

  it('is nothing without an imageID', () => {
    expect(observationsOf(runningPod({ status: { imageID: '' } }))).to.deep.equal([]);
  });

  it('is nothing in what is no pod', () => {
    for (const value of [undefined, null, 1, 'pod', [], {}, { spec: {} }, { spec: { containers: [null] } }]) {
      expect(observationsOf(value)).to.deep.equal([]);
    }
    expect(
      observationsOf({ spec: { containers: [{ name: 'app' }] }, status: { containerStatuses: [null, 1] } }),
    ).to.deep.equal([]);
  });
});

describe('what the kubelet refuses', () => {
  const reference = { name };

  it('is root, or a name, for the image as it is asked for: which digest it was is not told', () => {
    expect(observationsOf(refusedPod(refusals.root))).to.deep.equal([{ refused: 'root', reference, at: createdAt }]);
    expect(observationsOf(refusedPod(refusals.named))).to.deep.equal([{ refused: 'named', reference, at: createdAt }]);
  });

  it('is root where the name is that of root', () => {
    const message = refusals.named.replace('(app)', '(root)');
    expect(observationsOf(refusedPod(message))).to.deep.equal([{ refused: 'root', reference, at: createdAt }]);
  });

  it('is for the digest that is asked for', () => {
    const image = `nginx@${digestB}`;
    const pod = refusedPod(refusals.root, {
      container: { image, securityContext: { runAsNonRoot: true } },
      status: { image },
    });
    expect(observationsOf(pod)).to.deep.equal([
      { refused: 'root', reference: { name: 'docker.io/library/nginx:latest', digest: digestB }, at: createdAt },
    ]);
  });

  it('says nothing of the image in other words', () => {
    const others = [
      refusals.policy,
      'secret "container has runAsNonRoot and image will run as root" not found',
      refusals.root.replace('root', 'nobody'),
      `x${refusals.root}`,
      '',
    ];
    for (const message of others) expect(observationsOf(refusedPod(message))).to.deep.equal([]);
    const state = { waiting: { reason: 'ImagePullBackOff', message: refusals.root } };
    expect(observationsOf(refusedPod('', { status: { state } }))).to.deep.equal([]);
  });
});

describe('nothing that an author writes is taken for evidence of another image', () => {
  it('such as a digest in the reference beside another one in the status', () => {
    const pod = runningPod({
      container: { image: `nginx@${digestA}` },
      status: { image: `nginx@${digestA}`, imageID: `evil.example/x@${digestB}` },
    });
    expect(observationsOf(pod)).to.deep.equal([
      { digest: digestB, facts: { uid: 1000 }, references: [], at: startedAt },
    ]);
  });

  it('such as an image that was exchanged after the container had been started', () => {
    const pod = runningPod({
      metadata: { generation: 2 },
      status: { image: 'evil.example/x:1', imageID: `evil.example/x@${digestB}` },
    });
    expect(observationsOf(pod)).to.deep.equal([
      { digest: digestB, facts: { uid: 1000 }, references: ['evil.example/x:1'], at: startedAt },
    ]);
  });

  it('such as an image that was exchanged after another had been refused', () => {
    expect(observationsOf(refusedPod(refusals.root, { status: { image: 'evil.example/x:1' } }))).to.deep.equal([]);
    // The kubelet's next status already names the new image, still with the words about the old one.
    expect(observationsOf(refusedPod(refusals.root, { metadata: { generation: 2 } }))).to.deep.equal([]);
    expect(observationsOf(refusedPod(refusals.root, { metadata: { generation: undefined } }))).to.deep.equal([]);
  });

  it('such as a refusal with the imageID of a container that ran before', () => {
    const pod = refusedPod(refusals.root, { status: { imageID: `docker.io/library/nginx@${digestA}` } });
    expect(observationsOf(pod)).to.deep.equal([{ refused: 'root', reference: { name }, at: createdAt }]);
  });

  it('such as a refusal that the pod itself does not bear out', () => {
    const contexts = [{}, { runAsNonRoot: false }, { runAsNonRoot: true, runAsUser: 1000 }];
    for (const securityContext of contexts) {
      expect(observationsOf(refusedPod(refusals.root, { container: { securityContext } }))).to.deep.equal([]);
    }
  });

  it('such as a container whose name there is twice', () => {
    const pod = runningPod();
    const [status] = pod.status.containerStatuses;
    const twice = { ...pod, status: { containerStatuses: [status, { ...status, imageID: digestB }] } };
    expect(observationsOf(twice)).to.deep.equal([]);
    const named = [
      { name: 'app', image: 'nginx:1.27' },
      { name: 'app', image: 'other' },
    ];
    expect(observationsOf({ ...pod, spec: { containers: named } })).to.deep.equal([]);
  });

  it('such as a status for a container that is not in that list', () => {
    const pod = runningPod();
    const statuses = { ephemeralContainerStatuses: pod.status.containerStatuses };
    expect(observationsOf({ ...pod, status: statuses })).to.deep.equal([]);
  });

  it('such as annotations', () => {
    const annotations = {
      'pod-hardener.io/filled': 'app/runAsNonRoot',
      'kubernetes.io/config.source': 'file',
      imageID: digestB,
    };
    expect(observationsOf(runningPod({ metadata: { annotations } }))).to.deep.equal([ranAs1000]);
  });

  it('such as a reference of four kibibytes', () => {
    const image = `nginx:${'x'.repeat(4096)}`;
    expect(observationsOf(runningPod({ container: { image }, status: { image } }))).to.deep.equal([
      { digest: digestA, facts: { uid: 1000 }, references: [], at: startedAt },
    ]);
  });
});
