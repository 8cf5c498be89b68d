import { expect } from 'chai';
import { containerStates } from '../../src/output/containerStates.ts';
import { breaksIn, hintsOn } from '../../src/output/podBreaks.ts';

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

describe('what broke a pod', () => {
  it('is known where the kubelet says so', () => {
    const waiting = (message: string) => ({ container: 'app', reason: 'CreateContainerConfigError', message });
    const named = 'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root';
    const [found] = breaksIn([waiting(`${named} (pod: "web_team(1)", container: app)`)], filled('runAsNonRoot'));
    expect(found).to.deep.equal({
      field: 'runAsNonRoot',
      container: 'app',
      certainty: 'known',
      cause: `is kept from running: CreateContainerConfigError: ${named}`,
      remedy:
        "Give that user's number: pod-hardener.io/run-as-user on the namespace, runAsUser on the container, or USER " +
        '1000 in the image.',
    });
    expect(breaksIn([waiting('secret "x" not found')], filled('runAsNonRoot'))).to.deep.equal([]);
  });

  it('is known where the kubelet evicts the pod for what we have added', () => {
    const message = 'Usage of EmptyDir volume "pod-hardener-2" exceeds the limit "256Mi". ';
    const [found] = breaksIn([{ reason: 'Evicted', message }], filled('readOnlyRootFilesystem'));
    expect([found?.field, found?.container, found?.certainty]).to.deep.equal([
      'readOnlyRootFilesystem',
      'app',
      'known',
    ]);
    const other = 'Usage of EmptyDir volume "scratch" exceeds the limit "1Gi". ';
    expect(breaksIn([{ reason: 'Evicted', message: other }], filled('readOnlyRootFilesystem'))).to.deep.equal([]);
  });

  it('is suspected where the program says something that goes with a field', () => {
    const state = ended('starting\nchown: /data: operation not permitted\n');
    const found = breaksIn([state], filled('capabilities', 'readOnlyRootFilesystem', 'seccompProfile'));
    expect(found.map(({ field, certainty, cause }) => [field, certainty, cause])).to.deep.equal([
      ['capabilities', 'suspected', 'ended with code 1, and said "Operation not permitted"'],
      ['seccompProfile', 'suspected', 'ended with code 1, and said "Operation not permitted"'],
    ]);
    expect(breaksIn([ended('sh: /tmp/x: Read-only file system', 2)], filled('readOnlyRootFilesystem'))).to.have.length(
      1,
    );
  });

  it('is nothing that was not filled, on that container', () => {
    const state = ended('Operation not permitted');
    expect(breaksIn([{ ...state, container: 'other' }], filled('capabilities'))).to.deep.equal([]);
    expect(breaksIn([state], [])).to.deep.equal([]);
  });

  it('is nothing of which any program may speak', () => {
    expect(breaksIn([ended('No such file or directory')], filled('readOnlyRootFilesystem'))).to.deep.equal([]);
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
