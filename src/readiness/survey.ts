import { filledAnnotation } from '../admission/keys.ts';
import type { Pod } from '../policy/pod.ts';
import type { ContainerUser, ObservedPod, SeenBreak, Workload } from './observed.ts';
import { canonicalText, relevantPod } from './relevantPod.ts';

/** Pods that something made alike: they are judged once. */
export interface Shape {
  /** What made them; of a pod that nothing made, the pod itself. */
  readonly owner: Workload;
  /** What they have in common. */
  readonly pod: Pod;
  /** The name of the first of them. */
  readonly example: string;
  readonly pods: number;
  /** How many of them have ended. */
  readonly finished: number;
  readonly users: readonly ContainerUser[];
  readonly breaks: readonly ShapeBreak[];
}

/** Something that does not work in pods of a shape. */
export interface ShapeBreak extends SeenBreak {
  /** In how many of them, and the name of the first. */
  readonly pods: number;
  readonly example: string;
}

/** The pods of a namespace, and how many there are that say nothing about those to come. */
export interface NamespaceSurvey {
  readonly shapes: readonly Shape[];
  readonly leftOut: LeftOut;
  /** How many were filled by pod-hardener when they were created, as they say themselves. */
  readonly filledBefore: number;
  /** How many have containers that were added to them while they ran. */
  readonly debugged: number;
}

/** Pods that nothing will make again: ended ones that nothing made, and those that are being deleted. */
export interface LeftOut {
  readonly finished: number;
  readonly leaving: number;
}

export interface Survey {
  /** Takes in a pod; those of one key are known to be alike. */
  readonly add: (observed: ObservedPod, key?: string) => void;
  /** Forgets the pods of a namespace, or of all of them: they come once more. */
  readonly forget: (namespace?: string) => void;
  /** The namespaces that have pods, by name. */
  readonly namespaces: () => ReadonlyMap<string, NamespaceSurvey>;
}

/** A namespace in which there is no pod. */
export const noPods: NamespaceSurvey = Object.freeze({
  shapes: [],
  leftOut: { finished: 0, leaving: 0 },
  filledBefore: 0,
  debugged: 0,
});

interface Counted {
  readonly owner: Workload;
  readonly pod: Pod;
  readonly example: string;
  pods: number;
  finished: number;
  readonly users: Map<string, ContainerUser>;
  readonly breaks: Map<string, ShapeBreak>;
}

interface Collected {
  readonly shapes: Map<string, Counted>;
  finished: number;
  leaving: number;
  filledBefore: number;
  debugged: number;
}

/** Collects pods, however many, and keeps one of each shape. */
export function createSurvey(): Survey {
  const all = new Map<string, Collected>();
  return {
    add(observed, key) {
      const { namespace } = observed;
      const collected = all.get(namespace) ?? nothing();
      all.set(namespace, collected);
      collect(collected, observed, key);
    },
    forget(namespace) {
      if (namespace === undefined) all.clear();
      else all.delete(namespace);
    },
    namespaces: () => new Map(Array.from(all, ([name, collected]) => [name, surveyOf(collected)])),
  };
}

function nothing(): Collected {
  return { shapes: new Map(), finished: 0, leaving: 0, filledBefore: 0, debugged: 0 };
}

function collect(collected: Collected, observed: ObservedPod, alike?: string): void {
  const { pod, name, owner = podItself(observed), isFinished, isLeaving, users, breaks } = observed;
  if (isLeaving) collected.leaving++;
  else if (isFinished && !observed.owner) collected.finished++;
  if (isLeaving || (isFinished && !observed.owner)) return;
  if (pod.metadata?.annotations?.[filledAnnotation] !== undefined) collected.filledBefore++;
  if (pod.spec.ephemeralContainers?.length) collected.debugged++;
  const relevant = alike === undefined ? relevantPod(pod) : pod;
  const key = `${owner.kind}\n${owner.name}\n${owner.uid ?? ''}\n${alike ?? canonicalText(relevant)}`;
  const counted = collected.shapes.get(key) ?? {
    ...{ owner, pod: relevant, example: name, pods: 0, finished: 0 },
    users: new Map(),
    breaks: new Map(),
  };
  collected.shapes.set(key, counted);
  counted.pods++;
  if (isFinished) counted.finished++;
  for (const user of users) counted.users.set(user.container, worse(counted.users.get(user.container), user));
  for (const found of breaks) {
    const key = `${found.container}/${found.field}`;
    counted.breaks.set(key, joined(counted.breaks.get(key) ?? { ...found, pods: 0, example: name }, found));
  }
}

/** Of two pods in which the same does not work, what is certain of one of them is told. */
function joined(known: ShapeBreak, found: SeenBreak): ShapeBreak {
  const told = found.certainty === 'known' && known.certainty === 'suspected' ? found : known;
  return { ...known, certainty: told.certainty, cause: told.cause, pods: known.pods + 1 };
}

function podItself({ name }: ObservedPod): Workload {
  return { apiVersion: 'v1', kind: 'Pod', name };
}

/** What is known from two pods of one container: root wins, since one that stops is one too many. */
function worse(known: ContainerUser | undefined, seen: ContainerUser): ContainerUser {
  if (!known || seen.uid === 0 || (seen.refused === 'root' && known.uid === undefined)) return { ...known, ...seen };
  return { ...seen, ...known };
}

function surveyOf({ shapes, finished, leaving, filledBefore, debugged }: Collected): NamespaceSurvey {
  return {
    shapes: Array.from(shapes.values(), (shape) => ({
      ...shape,
      users: [...shape.users.values()],
      breaks: [...shape.breaks.values()],
    })),
    leftOut: { finished, leaving },
    filledBefore,
    debugged,
  };
}
