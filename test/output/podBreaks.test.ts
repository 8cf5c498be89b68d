import { expect } from 'chai';
import { containerStates } from '../../src/output/containerStates.ts';
import { breaksOfPod, hintsOn } from '../../src/output/podBreaks.ts';

function statusOf(...containerStatuses: readonly unknown[]) {
  return { status: { phase: 'Running', containerStatuses } };
}

const ended = (message: string, exitCode = 1) => ({
  container: 'app',
  reason: 'Error',
  message,
  exitCode,
});

/** Fields as they were filled: on the container app, or on the pod. */
function filled(...names: readonly string[]) {
  return names.map((control) => {
    const isOfPod = control === 'seccompProfile' || control === 'fsGroup';
    return { control, ...(isOfPod ? {} : { container: 'app' }), path: [], value: true };
  });
}

describe('the states of containers', () => {
  it('are those that are not as they should be, of every list', () => {
    const object = {
      status: {
        initContainerStatuses: [
          { name: 'init', state: { terminated: { exitCode: 2, reason: 'Error', message: 'no' } } },
        ],
        containerStatuses: [
          { name: 'fine', state: { running: { startedAt: '2026-01-01T00:00:00Z' } } },
          { name: 'starting', state: { waiting: { reason: 'ContainerCreating' } } },
          { name: 'done', state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          {
            name: 'again',
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
            lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
          },
        ],
        ephemeralContainerStatuses: [{ name: 'debugger', state: { waiting: { reason: 'ImagePullBackOff' } } }],
      },
    };
    expect(containerStates(object)).to.deep.equal([
      { container: 'init', reason: 'Error', message: 'no', exitCode: 2 },
      { container: 'again', reason: 'CrashLoopBackOff', message: 'back-off' },
      { container: 'again', reason: 'OOMKilled', message: '', exitCode: 137 },
      { container: 'debugger', reason: 'ImagePullBackOff', message: '' },
    ]);
  });

  it('begin with that of the pod itself', () => {
    const status = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
    expect(containerStates({ status })).to.deep.equal([
      { reason: 'Evicted', message: 'The node was low on resource: memory.' },
    ]);
  });

  it('are none in what has no status, or one that makes no sense', () => {
    for (const object of [
      undefined,
      null,
      7,
      'pod',
      [],
      {},
      { status: null },
      { status: [] },
      { status: { reason: 7 } },
    ]) {
      expect(containerStates(object)).to.deep.equal([]);
    }
    const odd = [
      null,
      'x',
      { name: 7, state: 'x' },
      { state: { waiting: [] }, lastState: { terminated: { exitCode: '1' } } },
    ];
    expect(containerStates(statusOf(...odd))).to.deep.equal([]);
    expect(containerStates({ status: { containerStatuses: { name: 'app' } } })).to.deep.equal([]);
  });
});

describe('what broke a pod as a whole', () => {
  const state = { reason: 'AppArmor', message: 'Cannot enforce AppArmor: AppArmor is not enabled on the host' };

  it('is known where the kubelet says so of a field of the pod', () => {
    const profile = { control: 'appArmorProfile', path: [], value: true };
    expect(breaksOfPod([state], [profile])).to.deep.equal([
      {
        field: 'appArmorProfile',
        certainty: 'known',
        cause: 'is kept from running: AppArmor: Cannot enforce AppArmor: AppArmor is not enabled on the host',
        remedy: 'Ask for it only where every node has AppArmor.',
      },
    ]);
    expect(breaksOfPod([{ ...state, message: 'Pod was active too long' }], [profile])).to.deep.equal([]);
    expect(breaksOfPod([state], [])).to.deep.equal([]);
  });

  it('is nothing that is said of a container', () => {
    const waiting = { container: 'app', reason: 'X', message: state.message };
    expect(breaksOfPod([waiting], [{ control: 'appArmorProfile', path: [], value: true }])).to.deep.equal([]);
  });
});

describe('what to look for in a log', () => {
  it('is what programs say of the fields that were filled, where nothing else is known of a container that failed', () => {
    const states = [ended('')];
    expect(hintsOn(states, filled('capabilities', 'readOnlyRootFilesystem', 'seccompProfile'), [])).to.deep.equal([
      { container: 'app', message: 'Operation not permitted', fields: ['capabilities', 'seccompProfile'] },
      { container: 'app', message: 'bind: Permission denied', fields: ['capabilities'] },
      { container: 'app', message: 'Read-only file system', fields: ['readOnlyRootFilesystem'] },
    ]);
  });

  it('is nothing where a field is blamed already, or nothing has run', () => {
    const blamed = { field: 'capabilities', container: 'app', certainty: 'suspected', cause: '' } as const;
    expect(hintsOn([ended('')], filled('capabilities'), [blamed])).to.deep.equal([]);
    const waiting = { container: 'app', reason: 'ImagePullBackOff', message: '' };
    expect(hintsOn([waiting], filled('capabilities'), [])).to.deep.equal([]);
  });
});
