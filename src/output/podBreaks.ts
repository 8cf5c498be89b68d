import type { FilledField } from '../admission/filledFields.ts';
import type { Breakage } from '../policy/about.ts';
import { controls } from '../policy/controls/index.ts';
import { clip } from '../policy/text.ts';
import type { ContainerState } from './containerStates.ts';

/** A message may hold names that are as long as somebody pleases. */
const longest = 300;

/** Something that does not work in a pod, probably because a field was filled. */
export interface PodBreak {
  /** The control. */
  readonly field: string;
  readonly container?: string | undefined;
  /** It is said so word for word (`known`), or it only looks like it (`suspected`). */
  readonly certainty: 'known' | 'suspected';
  /** What happened, in a clause that follows the name of the container. */
  readonly cause: string;
  /** What makes it work with the field filled, in sentences. */
  readonly remedy?: string | undefined;
}

/** What to look for in the log of a container that failed without a word. */
export interface LogHint {
  readonly container: string;
  readonly message: string;
  /** The controls that were filled and make programs say so. */
  readonly fields: readonly string[];
}

/**
 * What the kubelet says of a whole pod that has to do with fields of the pod itself. What it says of containers, and their
 * programs do, others know.
 */
export function breaksOfPod(states: readonly ContainerState[], fields: readonly FilledField[]): readonly PodBreak[] {
  const ofPod = fields.filter(({ container }) => container === undefined);
  return states.flatMap(({ container, reason, message }) =>
    ofPod.flatMap(({ control }) =>
      breakagesOf(control).flatMap(({ seenIn, messages, remedy }) => {
        if (container !== undefined || seenIn !== 'status' || !messages.some((one) => message.includes(one))) return [];
        const cause = `is kept from running: ${clip(`${reason}: ${message}`, longest)}`;
        return [{ field: control, certainty: 'known' as const, cause, remedy: remedy?.replaceAll('`', '') }];
      }),
    ),
  );
}

/** What to look for in the logs of those containers that failed and of which nothing else is known. */
export function hintsOn(
  states: readonly ContainerState[],
  fields: readonly FilledField[],
  breaks: readonly PodBreak[],
): readonly LogHint[] {
  const silent = states.filter(({ container, exitCode }) => {
    return exitCode !== undefined && !breaks.some((one) => one.container === container);
  });
  return silent.flatMap((state) => {
    const byMessage = new Map<string, Set<string>>();
    for (const { control } of fieldsNear(state, fields)) {
      for (const message of breakagesOf(control).flatMap(saidInLog)) {
        byMessage.set(message, (byMessage.get(message) ?? new Set()).add(control));
      }
    }
    const { container = '' } = state;
    return Array.from(byMessage, ([message, names]) => ({ container, message, fields: [...names] }));
  });
}

/** The filled fields that may have to do with the state of a container: its own ones and the pod's. */
function fieldsNear(state: ContainerState, fields: readonly FilledField[]): readonly FilledField[] {
  return fields.filter(({ container }) => container === undefined || container === state.container);
}

function breakagesOf(control: string): readonly Breakage[] {
  return controls.find(({ id }) => id === control)?.about.mayBreak ?? [];
}

/** A program says it of anything that it does not find. */
const tooCommon = 'No such file or directory';

function saidInLog({ seenIn, messages }: Breakage): readonly string[] {
  return seenIn === 'log' ? messages.filter((message) => message !== tooCommon) : [];
}
