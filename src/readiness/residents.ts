import type { Pod } from '../policy/pod.ts';
import type { ContainerUser, ObservedPod, Workload } from './observed.ts';
import { relevantPod } from './relevantPod.ts';
import { createSurvey, type NamespaceSurvey, noPods } from './survey.ts';

/** All that is kept of a pod that there is, to tell at any time how its namespace stands. */
export interface Resident {
  readonly namespace: string;
  readonly name: string;
  readonly owner?: Workload;
  /** What decides about its security, shared by all pods that are alike; absent where there was no room for it. */
  readonly likeness?: Likeness;
  readonly users: readonly ContainerUser[];
  readonly isFinished: boolean;
  readonly isLeaving: boolean;
}

/** The relevant part of a pod as JSON, which takes a fraction of the room that objects do. */
export interface Likeness {
  readonly text: string;
}

export interface ResidentLimits {
  /** The characters of one pod, and of all that are not alike. */
  readonly ofPod: number;
  readonly ofAll: number;
}

export const residentLimits: ResidentLimits = { ofPod: 64 * 1024, ofAll: 16 * 1024 * 1024 };

const nobody: readonly ContainerUser[] = Object.freeze([]);

/** Returns what makes residents of pods. What none of them has any more is forgotten. */
export function createResidents(limits: ResidentLimits = residentLimits): (observed: ObservedPod) => Resident {
  const known = new Map<string, WeakRef<Likeness>>();
  let size = 0;
  const forget = new FinalizationRegistry((text: string) => {
    size -= text.length;
    if (known.get(text)?.deref() === undefined) known.delete(text);
  });

  function likenessOf(pod: Pod): Likeness | undefined {
    // The API server writes the members of an object in one order, always.
    const text = JSON.stringify(relevantPod(pod));
    const alike = known.get(text)?.deref();
    if (alike) return alike;
    if (text.length > limits.ofPod || size + text.length > limits.ofAll) return undefined;
    const likeness = { text };
    size += text.length;
    known.set(text, new WeakRef(likeness));
    forget.register(likeness, text);
    return likeness;
  }

  return ({ namespace, name, owner, pod, users, isFinished, isLeaving }) => {
    const likeness = likenessOf(pod);
    return {
      ...{ namespace, name, isFinished, isLeaving, users: users.length === 0 ? nobody : users },
      ...(owner && { owner }),
      ...(likeness && { likeness }),
    };
  };
}

/** What of a namespace's pods is looked at in one go, in characters: more would keep others waiting. */
const mostAtOnce = 512 * 1024;

/** The survey of the residents of one namespace; undefined where that is too much to look at, or not all of it is kept. */
export function surveyOfResidents(residents: Iterable<Resident>, most = mostAtOnce): NamespaceSurvey | undefined {
  const survey = createSurvey();
  const pods = new Map<Likeness, { readonly pod: Pod; readonly key: string }>();
  let [size, last] = [0, ''];
  for (const { likeness, ...resident } of residents) {
    if (!likeness) return undefined;
    const alike = pods.get(likeness) ?? { pod: JSON.parse(likeness.text) as Pod, key: String(pods.size) };
    if (!pods.has(likeness)) size += likeness.text.length;
    if (size > most) return undefined;
    pods.set(likeness, alike);
    survey.add({ ...resident, pod: alike.pod, breaks: [] }, alike.key);
    last = resident.namespace;
  }
  return survey.namespaces().get(last) ?? noPods;
}
