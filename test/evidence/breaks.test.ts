import { expect } from 'chai';
import { sightingOf } from '../../src/evidence/sighting.ts';
import { noteOf } from '../../src/evidence/tell.ts';
import { controls } from '../../src/policy/controls/index.ts';
import type { Json } from '../pods.ts';
import { endedPod, type PodOptions, refusals, refusedPod, runningPod } from './observedPods.ts';

const breaksOf = (pod: unknown) => sightingOf(pod).broken?.breaks ?? [];
const told = (pod: unknown) => breaksOf(pod).map((found) => `${found.certainty} ${found.field}`);

/** A pod whose annotation says that these were filled in its container, with the values that are filled. */
function filled(fields: readonly string[], { container, ...options }: PodOptions = {}): PodOptions {
  const values: Json = {
    runAsNonRoot: true,
    runAsUser: 1000,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  };
  const securityContext = Object.fromEntries(fields.map((field) => [field, values[field]]));
  const entries = fields.map((field) => `app/${field}`).join(',');
  return {
    ...options,
    metadata: { annotations: { 'pod-hardener.io/filled': entries }, ...options.metadata },
    container: { securityContext, ...container },
  };
}

const root = { user: { linux: { uid: 0, gid: 0 } } };

describe('a pod that the kubelet refuses to start for a field that we have filled', () => {
  it('is a known break, with the words of the kubelet and what helps', () => {
    expect(breaksOf(refusedPod(refusals.root, filled(['runAsNonRoot'])))).to.deep.equal([
      {
        field: 'runAsNonRoot',
        container: 'app',
        certainty: 'known',
        cause: 'is refused by the kubelet: container has runAsNonRoot and image will run as root',
        remedy:
          'Name a user that the image can run as: runAsUser on the container, or on the namespace ' +
          'pod-hardener.io/run-as-user or, with the component evidence, pod-hardener.io/root-images.',
      },
    ]);
    const [named] = breaksOf(refusedPod(refusals.named, filled(['runAsNonRoot'])));
    expect(named?.certainty).to.equal('known');
    expect(named?.remedy).to.equal(
      "Give that user's number: pod-hardener.io/run-as-user on the namespace, runAsUser on the container, or " +
        'USER 1000 in the image.',
    );
  });

  it('is one, too, where somebody has made the container root after us', () => {
    const spec = { securityContext: { runAsUser: 0 } };
    const pod = refusedPod(refusals.policy, { ...filled(['runAsNonRoot']), spec });
    expect(told(pod)).to.deep.equal(['known runAsNonRoot']);
    expect(breaksOf(pod)[0]?.cause).to.equal("is refused by the kubelet: container's runAsUser breaks non-root policy");
  });

  it('is none where its author has set the field, whatever the annotation says of others', () => {
    expect(breaksOf(refusedPod(refusals.root))).to.deep.equal([]);
    const metadata = { annotations: { 'pod-hardener.io/filled': 'other/runAsNonRoot,app/capabilities,runAsNonRoot' } };
    expect(breaksOf(refusedPod(refusals.root, { metadata }))).to.deep.equal([]);
  });

  it('is none where the pod does not bear the annotation out', () => {
    const container = { securityContext: { runAsNonRoot: false } };
    expect(breaksOf(refusedPod(refusals.root, filled(['runAsNonRoot'], { container })))).to.deep.equal([]);
  });

  it('is none for any other reason to wait', () => {
    const message = "couldn't find key container has runAsNonRoot and image will run as root in ConfigMap team/x";
    expect(breaksOf(refusedPod(message, filled(['runAsNonRoot'])))).to.deep.equal([]);
  });
});

describe('a program that ends soon after its start', () => {
  const every = ['runAsUser', 'capabilities', 'readOnlyRootFilesystem'];
  const messages: Readonly<Record<string, readonly string[]>> = {
    'chown: /data: Operation not permitted': ['suspected capabilities'],
    "Error: EPERM: operation not permitted, chown '/data'": ['suspected capabilities'],
    'nc: bind: Permission denied': ['suspected runAsUser', 'suspected capabilities'],
    'listen tcp :80: bind: permission denied': ['suspected runAsUser', 'suspected capabilities'],
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)': [
      'suspected runAsUser',
      'suspected capabilities',
    ],
    'Error: listen EACCES: permission denied 0.0.0.0:80': ['suspected runAsUser', 'suspected capabilities'],
    "OSError: [Errno 30] Read-only file system: '/app/cache'": ['suspected readOnlyRootFilesystem'],
    "EROFS: read-only file system, open '/x'": ['suspected readOnlyRootFilesystem'],
    'open /data/db: permission denied': ['suspected runAsUser'],
    'no configuration': [],
    'cat: /tmp/x: No such file or directory': [],
  };
  for (const [message, expected] of Object.entries(messages)) {
    it(`and says ${JSON.stringify(message)} makes us suspect ${expected.join(', ') || 'nothing'}`, () => {
      expect(told(endedPod({ message }, filled(every)))).to.deep.equal(expected);
    });
  }

  it('is suspected only for a field that we have filled', () => {
    const message = 'Operation not permitted, Permission denied, Read-only file system';
    for (const field of every) {
      expect(told(endedPod({ message }, filled([field])))).to.deep.equal([`suspected ${field}`]);
    }
    const { metadata: _, ...unnoted } = filled(every);
    expect(told(endedPod({ message }, unnoted))).to.deep.equal([]);
  });

  it('is found in the last state, while its container waits to be started again', () => {
    const terminated = {
      exitCode: 1,
      message: 'chown: Operation not permitted',
      startedAt: '2026-01-01T10:00:05Z',
      finishedAt: '2026-01-01T10:00:06Z',
    };
    const status = { state: { waiting: { reason: 'CrashLoopBackOff', message: '' } }, lastState: { terminated } };
    expect(told(runningPod({ ...filled(['capabilities']), status }))).to.deep.equal(['suspected capabilities']);
  });

  it('is none any more once its container runs, however it ended before', () => {
    const terminated = { exitCode: 1, startedAt: '2026-01-01T10:00:05Z', finishedAt: '2026-01-01T10:00:08Z' };
    const running = { startedAt: '2026-01-01T10:00:09Z' };
    for (const message of ['', 'Permission denied']) {
      const status = { state: { running }, lastState: { terminated: { ...terminated, message } } };
      expect(told(runningPod({ ...filled(every), status }))).to.deep.equal([]);
    }
  });

  it('and says nothing is suspected where the field matters: as root without capabilities', () => {
    expect(told(endedPod({}, filled(['capabilities'], { status: root })))).to.deep.equal(['suspected capabilities']);
    expect(told(endedPod({}, filled(['capabilities'])))).to.deep.equal([]);
    expect(told(endedPod({}, filled(['capabilities'], { status: { user: undefined } })))).to.deep.equal([]);
    expect(told(endedPod({}, filled(['readOnlyRootFilesystem'])))).to.deep.equal(['suspected readOnlyRootFilesystem']);
  });

  it('as root is refused the files of others as well', () => {
    const pod = endedPod({ message: 'open /data: permission denied' }, filled(['capabilities'], { status: root }));
    expect(told(pod)).to.deep.equal(['suspected capabilities']);
  });

  it('is not suspected when it ends well, by a signal, for want of memory, or late', () => {
    const message = 'Operation not permitted';
    for (const terminated of [
      { exitCode: 0 },
      { exitCode: 137 },
      { exitCode: 143 },
      { exitCode: 192 },
      { exitCode: 255, reason: 'Unknown' },
      { exitCode: 1, reason: 'OOMKilled' },
      { finishedAt: '2026-01-01T10:05:00Z' },
      { startedAt: null },
    ]) {
      expect(told(endedPod({ message, ...terminated }, filled(['capabilities'])))).to.deep.equal([]);
    }
    // Without a word, half a minute is late.
    const silent = { finishedAt: '2026-01-01T10:00:35Z' };
    expect(told(endedPod(silent, filled(['readOnlyRootFilesystem'])))).to.deep.equal([]);
  });

  it('is suspected with a code that is no signal, such as the -1 of one that could not be executed', () => {
    const message = 'exec /app: operation not permitted';
    expect(told(endedPod({ message, exitCode: 255 }, filled(['capabilities'])))).to.deep.equal([
      'suspected capabilities',
    ]);
    const refused = { message: 'exec /app: permission denied', exitCode: 255 };
    expect(told(endedPod(refused, filled(['runAsUser'])))).to.deep.equal(['suspected runAsUser']);
  });

  it('is suspected in init containers, too', () => {
    const pod = endedPod({ message: 'Operation not permitted' }, filled(['capabilities']));
    const { containers } = pod.spec;
    const spec = { containers: [{ name: 'main', image: 'nginx' }], initContainers: containers };
    const status = { initContainerStatuses: pod.status.containerStatuses };
    expect(told({ ...pod, spec, status })).to.deep.equal(['suspected capabilities']);
  });

  it('names its pod and what made it', () => {
    const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'uid-2', controller: true };
    const ownerReferences = [
      { ...controller, name: 'other', controller: false },
      { ...controller, blockOwnerDeletion: true },
    ];
    const options = filled(['capabilities'], { status: root });
    const pod = endedPod({}, { ...options, metadata: { ...options.metadata, ownerReferences } });
    const { breaks: _, ...broken } = sightingOf(pod).broken ?? { breaks: [] };
    expect(broken).to.deep.equal({
      namespace: 'team',
      name: 'web-1',
      uid: 'uid-1',
      controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'uid-2' },
    });
  });
});

describe('a pod that is evicted', () => {
  const volumeMounts = [{ name: 'pod-hardener-2', mountPath: '/tmp' }];
  const evicted = (message: string, fields: readonly string[], mounts: unknown = volumeMounts) => {
    const { container, ...options } = filled(fields);
    const pod = runningPod({ ...options, container: { ...container, volumeMounts: mounts } });
    return { ...pod, status: { phase: 'Failed', reason: 'Evicted', message } };
  };
  const full = 'Usage of EmptyDir volume "pod-hardener-2" exceeds the limit "256Mi". ';

  it('for what was written into a volume of ours is a known break of the container that has it', () => {
    expect(breaksOf(evicted(full, ['readOnlyRootFilesystem']))).to.deep.equal([
      {
        field: 'readOnlyRootFilesystem',
        container: 'app',
        certainty: 'known',
        cause: 'was evicted with its pod: Usage of EmptyDir volume "pod-hardener-2" exceeds the limit "256Mi"',
        remedy: 'Its author mounts a volume there: nothing is added to a path that has one.',
      },
    ]);
  });

  it('is none for another volume, another container or another reason', () => {
    expect(told(evicted(full.replace('pod-hardener-2', 'scratch'), ['readOnlyRootFilesystem']))).to.deep.equal([]);
    expect(told(evicted(full, ['readOnlyRootFilesystem'], null))).to.deep.equal([]);
    expect(told(evicted(full, ['capabilities']))).to.deep.equal([]);
    expect(told(evicted('The node was low on resource: memory.', ['readOnlyRootFilesystem']))).to.deep.equal([]);
  });
});

describe('a program that the container runtime cannot start', () => {
  const runc =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
    'unable to start container process: error during container init: ';
  // The runtime knows no start of what never ran.
  const terminated = (message: string) => ({
    exitCode: 128,
    reason: 'StartError',
    message,
    startedAt: '1970-01-01T00:00:00Z',
    finishedAt: '2026-01-01T10:00:06Z',
  });
  const waiting = (reason: string, message = '') => ({ state: { waiting: { reason, message } } });
  const denied = `${runc}exec: "/app": permission denied: unknown`;

  it('is a suspected break, wherever the status says so', () => {
    for (const status of [
      { state: { terminated: terminated(denied) } },
      { ...waiting('CrashLoopBackOff'), lastState: { terminated: terminated(denied) } },
      waiting('RunContainerError', denied),
      waiting('CreateContainerError', `container create failed: ${denied}`),
    ]) {
      expect(breaksOf(runningPod({ ...filled(['runAsUser']), status })), JSON.stringify(status)).to.deep.equal([
        {
          field: 'runAsUser',
          container: 'app',
          certainty: 'suspected',
          cause: 'cannot be started, since the container runtime says "Permission denied" of its program',
          remedy: 'Give the number of the user that the image is made for.',
        },
      ]);
    }
  });

  const every = ['runAsUser', 'capabilities', 'readOnlyRootFilesystem'];
  const messages: Readonly<Record<string, readonly string[]>> = {
    [`${runc}chdir to cwd ("/root") set in config.json failed: permission denied: unknown`]: ['suspected runAsUser'],
    [`${runc}exec: "/app": operation not permitted: unknown`]: ['suspected capabilities'],
    'crun: open executable: Permission denied: OCI permission denied': ['suspected runAsUser'],
    [`${runc}exec: "/app": stat /app: no such file or directory: unknown`]: [],
    [`${runc}error mounting "/srv" to rootfs at "/data": permission denied: unknown`]: [],
    'runc create failed: unable to apply cgroup configuration: operation not permitted': [],
    'failed to stat "/srv/data": permission denied': [],
    '': [],
  };
  for (const [message, expected] of Object.entries(messages)) {
    it(`and says ${JSON.stringify(message.replace(runc, '… '))} makes us suspect ${expected.join(', ') || 'nothing'}`, () => {
      const status = { state: { terminated: terminated(message) } };
      expect(told(runningPod({ ...filled(every), status }))).to.deep.equal(expected);
    });
  }

  it('is none for other reasons to wait, nor where the container runs by now', () => {
    const lastState = { terminated: terminated(denied) };
    const state = { running: { startedAt: '2026-01-01T10:00:09Z' } };
    for (const status of [waiting('ErrImagePull', denied), { state, lastState }]) {
      expect(told(runningPod({ ...filled(every), status }))).to.deep.equal([]);
    }
  });
});

describe('what people are told of a break', () => {
  const note = (pod: unknown) => {
    const [found] = breaksOf(pod);
    return found && noteOf(found);
  };

  it('is certain where the kubelet says so itself', () => {
    expect(note(refusedPod(refusals.root, filled(['runAsNonRoot'])))).to.deep.equal({
      reason: 'HardeningBreak',
      message:
        'Container app is refused by the kubelet: container has runAsNonRoot and image will run as root. ' +
        'pod-hardener has filled runAsNonRoot there. ' +
        'Name a user that the image can run as: runAsUser on the container, or on the namespace ' +
        'pod-hardener.io/run-as-user or, with the component evidence, pod-hardener.io/root-images. ' +
        'To have new pods without the field, add -runAsNonRoot to pod-hardener.io/controls on the namespace. ' +
        'Pod Security refuses them then where it enforces restricted.',
    });
  });

  it('is a suspicion where its program has said something, or nothing', () => {
    expect(note(endedPod({ message: 'chown: Operation not permitted' }, filled(['capabilities'])))).to.deep.equal({
      reason: 'SuspectedBreak',
      message:
        'Container app exited with code 1 after 2 s, and said "Operation not permitted". ' +
        "pod-hardener has filled capabilities there, which may be the reason; the container's log may say more. " +
        'Its author adds what is needed, such as add: [CHOWN]; the level restricted allows no more than ' +
        'NET_BIND_SERVICE. ' +
        'To have new pods without the field, add -capabilities to pod-hardener.io/controls on the namespace. ' +
        'Pod Security refuses them then where it enforces restricted.',
    });
    const silent = note(endedPod({}, filled(['readOnlyRootFilesystem'])));
    expect(silent?.message).to.match(/^Container app exited with code 1 after 2 s and left no message\. /);
    // No level asks for this one.
    expect(silent?.message).to.match(/add -readOnlyRootFilesystem to pod-hardener\.io\/controls on the namespace\.$/);
  });

  it('repeats nothing that a program has said of itself', () => {
    const message = 'password=hunter2: Operation not permitted';
    expect(note(endedPod({ message }, filled(['capabilities'])))?.message).not.to.include('hunter2');
  });

  it('is one line of at most a kibibyte, whatever name stands in an image', () => {
    const message = refusals.named.replace('(app)', `(${'x\n'.repeat(5000)})`);
    const text = note(refusedPod(message, filled(['runAsNonRoot'])))?.message ?? '';
    expect(text.length).to.be.within(1, 1024);
    expect(text).not.to.include('\n');
  });

  it('is advised by every control whose effect is watched', () => {
    const advised = controls.filter(({ about }) => about.mayBreak?.some(({ remedy }) => remedy !== undefined));
    expect(advised.map(({ id }) => id)).to.include.members([...every()]);
  });

  function every(): readonly string[] {
    return ['runAsNonRoot', 'runAsUser', 'capabilities', 'readOnlyRootFilesystem'];
  }
});
