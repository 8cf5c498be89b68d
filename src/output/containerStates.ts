/** Something that a pod's status says of a container, or of the pod itself, that is not as it should be. */
export interface ContainerState {
  /** Absent where it is the whole pod. */
  readonly container?: string;
  readonly reason: string;
  /** What the kubelet says, or what the program left as its last words. */
  readonly message: string;
  /** With which code the program ended; absent for what is not started. */
  readonly exitCode?: number;
}

type Json = Readonly<Record<string, unknown>>;

const statusLists = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'];

/** What every pod waits for. */
const ordinary = ['ContainerCreating', 'PodInitializing'];

/** What is wrong with a pod, as its status says: nothing for an object without a status, or whose status says nothing. */
export function containerStates(object: unknown): readonly ContainerState[] {
  const status = memberOf(object, 'status');
  const ofContainers = statusLists.flatMap((list) => listIn(status, list).flatMap(statesOf));
  const reason = textIn(status, 'reason');
  if (reason === '') return ofContainers;
  return [{ reason, message: textIn(status, 'message') }, ...ofContainers];
}

function statesOf(status: Json): readonly ContainerState[] {
  const container = textIn(status, 'name');
  const state = memberOf(status, 'state');
  const waiting = memberOf(state, 'waiting');
  const reason = textIn(waiting, 'reason');
  const isStopped = reason !== '' && !ordinary.includes(reason);
  const ended = endOf(memberOf(state, 'terminated')) ?? endOf(memberOf(memberOf(status, 'lastState'), 'terminated'));
  return [
    ...(isStopped ? [{ container, reason, message: textIn(waiting, 'message') }] : []),
    ...(ended ? [{ container, ...ended }] : []),
  ];
}

/** How a program ended that failed. */
function endOf(terminated: Json): Omit<ContainerState, 'container'> | undefined {
  const { exitCode } = terminated;
  if (typeof exitCode !== 'number' || exitCode === 0) return undefined;
  return { reason: textIn(terminated, 'reason'), message: textIn(terminated, 'message'), exitCode };
}

function memberOf(value: unknown, key: string): Json {
  const member = isObject(value) ? value[key] : undefined;
  return isObject(member) ? member : {};
}

function listIn(value: Json, key: string): readonly Json[] {
  const list = value[key];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function textIn(value: Json, key: string): string {
  const text = value[key];
  return typeof text === 'string' ? text : '';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
