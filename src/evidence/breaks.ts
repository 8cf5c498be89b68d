import { entryOf } from '../policy/entry.ts';
import { allContainers, type Container, effective } from '../policy/pod.ts';
import { refusalIn } from '../policy/refusal.ts';
import { clip } from '../policy/text.ts';
import { type BreakField, breakFields, holds, mayMatter } from './breakFields.ts';
import { remedyOf, saidOf } from './breakWords.ts';
import type { Ended, ObservedContainer, ObservedPod } from './observedPod.ts';

/** Something that does not work, probably because we have filled a field. */
export interface Break {
  /** The control. */
  readonly field: BreakField;
  readonly container: string;
  /** The kubelet says so itself (`known`), or it only looks like it (`suspected`). */
  readonly certainty: 'known' | 'suspected';
  /** What happened, in a clause that follows the name of the container. */
  readonly cause: string;
  /** What makes it work with the field filled, in sentences. */
  readonly remedy: string | undefined;
}

/** The name of a user, which is part of them, may be as long as its image pleases. */
const longestWords = 300;

/** A program that ends later than that has worked, and fails for another reason. */
const soonMs = 60_000;
/** Without a word of its program, only one that ends at once is suspected. */
const atOnceMs = 10_000;

/**
 * Returns what does not work in the pod because of fields that we have filled, known or suspected. That we have filled
 * them is believed only where they stand there with our value.
 */
export function breaksIn(observed: ObservedPod): readonly Break[] {
  if (observed.claimed === '') return [];
  const claims = new Set(observed.claimed.split(',').map((entry) => entry.trim()));
  const filledIn = (container: Container) =>
    breakFields.filter(
      (field) => claims.has(entryOf({ control: field, container: container.name })) && holds(field, container),
    );
  const ofContainers = observed.containers.flatMap((container) => {
    const filled = filledIn(container.container);
    return filled.length === 0 ? [] : breaksOf(observed, container, filled);
  });
  const isReadOnly = (container: Container) => filledIn(container).includes('readOnlyRootFilesystem');
  return [...ofContainers, ...evictions(observed, isReadOnly)];
}

const overfull = /^Usage of EmptyDir volume "(pod-hardener-\d+)" exceeds the limit "256Mi"\./;

/** The containers that have written too much into a volume which came with the field, and were evicted with their pod. */
function evictions({ pod, stopped }: ObservedPod, isReadOnly: (container: Container) => boolean): readonly Break[] {
  const [words = '', volume] = (stopped?.reason === 'Evicted' && overfull.exec(stopped.message)) || [];
  if (volume === undefined) return [];
  const writers = allContainers(pod).filter(
    (container) => mountsOf(container).includes(volume) && isReadOnly(container),
  );
  return writers.map(({ name }) => ({
    field: 'readOnlyRootFilesystem',
    container: name,
    certainty: 'known',
    cause: `was evicted with its pod: ${words.slice(0, -1)}`,
    remedy: remedyOf('readOnlyRootFilesystem', words.replace(volume, 'pod-hardener-1')),
  }));
}

function mountsOf({ volumeMounts }: Container): readonly unknown[] {
  return (volumeMounts ?? []).map((mount) => (mount as { readonly name?: unknown }).name);
}

function breaksOf(observed: ObservedPod, container: ObservedContainer, filled: readonly BreakField[]) {
  const refused = filled.includes('runAsNonRoot') ? refusedStart(observed, container) : undefined;
  if (refused !== undefined) return [refused];
  const { ended, unstarted } = container;
  if (unstarted !== undefined) return filled.flatMap((field) => unstartable(field, container, unstarted) ?? []);
  if (ended === undefined || !hasFailed(ended)) return [];
  return filled.flatMap((field) => suspected(field, container, ended) ?? []);
}

const breaksPolicy = "container's runAsUser breaks non-root policy";

function refusedStart({ pod }: ObservedPod, { container, waiting }: ObservedContainer): Break | undefined {
  if (waiting === undefined || !(refusalIn(waiting) || breaksNonRootPolicy(waiting))) return undefined;
  const [words = ''] = waiting.message.split(' (pod: "');
  // The remedy of an image is none where it is not the image that decides.
  const isImages = effective(pod, container, 'runAsUser') === undefined;
  return {
    field: 'runAsNonRoot',
    container: container.name,
    certainty: 'known',
    cause: `is refused by the kubelet: ${clip(words, longestWords)}`,
    remedy: isImages
      ? remedyOf('runAsNonRoot', `CreateContainerConfigError: ${words}`)
      : 'Somebody has given the container the user 0 after the field was filled; name another one.',
  };
}

function breaksNonRootPolicy({ reason, message }: { readonly reason: string; readonly message: string }): boolean {
  return reason === 'CreateContainerConfigError' && message.startsWith(breaksPolicy);
}

/** What a container runtime says of the program and of its working directory; of mounts and the like it says more. */
const ofProgram = /\b(?:exec(?::| ["/])|open executable|chdir\b).*/is;

function unstartable(field: BreakField, container: ObservedContainer, message: string): Break | undefined {
  const said = saidOf(field, container, ofProgram.exec(message)?.[0] ?? '');
  if (said === undefined) return undefined;
  return {
    field,
    container: container.container.name,
    certainty: 'suspected',
    cause: `cannot be started, since the container runtime says "${said}" of its program`,
    remedy: remedyOf(field, said),
  };
}

/** The codes of programs that ended by a signal, as shells and container runtimes count them. */
const signals = { after: 128, last: 192 } as const;

/** An end that is the kernel's decision, and one that the container runtime has not seen. */
const othersReasons = ['OOMKilled', 'Unknown'];

/** Whether the program itself gave up, soon after its start; a signal is somebody else's decision. */
function hasFailed({ exitCode, reason, afterMs }: Ended): boolean {
  const isSignal = exitCode > signals.after && exitCode <= signals.last;
  return exitCode !== 0 && !isSignal && !othersReasons.includes(reason) && afterMs <= soonMs;
}

function suspected(field: BreakField, container: ObservedContainer, ended: Ended): Break | undefined {
  if (field === 'runAsNonRoot') return undefined;
  const said = saidOf(field, container, ended.message);
  const isSilent = ended.message.trim() === '';
  if (said === undefined && !(isSilent && ended.afterMs <= atOnceMs && mayMatter(field, container))) return undefined;
  const exit = `exited with code ${ended.exitCode} after ${Math.round(ended.afterMs / 1000)} s`;
  return {
    field,
    container: container.container.name,
    certainty: 'suspected',
    cause: said === undefined ? `${exit} and left no message` : `${exit}, and said "${said}"`,
    remedy: remedyOf(field, said ?? ''),
  };
}
