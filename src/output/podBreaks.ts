import type { FilledField } from '../admission/filledFields.ts';
import type { Breakage } from '../policy/about.ts';
import { controls } from '../policy/controls/index.ts';
import { clip } from '../policy/text.ts';
import type { ContainerState } from './containerStates.ts';

/** A message may hold a name that is as long as an image pleases. */
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

/** What the states of a pod's containers have to do with the fields that were filled, as the controls know of themselves. */
export function breaksIn(states: readonly ContainerState[], fields: readonly FilledField[]): readonly PodBreak[] {
  return states.flatMap((state) =>
    fieldsNear(state, fields).flatMap(({ control, container }) =>
      breakagesOf(control).flatMap((breakage) => {
        const found = foundIn(state, breakage);
        return found === undefined ? [] : [{ field: control, container: state.container ?? container, ...found }];
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
function fieldsNear({ container }: ContainerState, fields: readonly FilledField[]): readonly FilledField[] {
  if (container !== undefined) {
    return fields.filter((field) => field.container === undefined || field.container === container);
  }
  // What befalls the whole pod names no container: one field of a kind stands for all.
  return [...new Map(fields.map((field) => [field.control, field])).values()];
}

function breakagesOf(control: string): readonly Breakage[] {
  return controls.find(({ id }) => id === control)?.about.mayBreak ?? [];
}

/** A program says it of anything that it does not find. */
const tooCommon = 'No such file or directory';

function saidInLog({ seenIn, messages }: Breakage): readonly string[] {
  return seenIn === 'log' ? messages.filter((message) => message !== tooCommon) : [];
}

function foundIn(
  { reason, message, exitCode }: ContainerState,
  breakage: Breakage,
): Pick<PodBreak, 'certainty' | 'cause' | 'remedy'> | undefined {
  const remedy = breakage.remedy?.replaceAll('`', '');
  const said = `${reason}: ${message}`;
  if (breakage.seenIn === 'status' && breakage.messages.some((one) => patternOf(one).test(said))) {
    return { certainty: 'known', cause: `is kept from running: ${withoutNames(said)}`, remedy };
  }
  const word = exitCode === undefined ? undefined : saidInLog(breakage).find((one) => patternOf(one).test(message));
  if (word === undefined) return undefined;
  return { certainty: 'suspected', cause: `ended with code ${exitCode}, and said "${word}"`, remedy };
}

/** The kubelet ends a message with the names and the uid of pod and container. */
function withoutNames(said: string): string {
  return clip(said.replace(/ \(pod: ".*$/s, ''), longest);
}

/** The message with anything for its names and numbers, in large or small letters. */
function patternOf(message: string): RegExp {
  const literal = message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(literal.replace(/\b(NAME|PATH)\b/g, '.+').replace(/\d+/g, '\\d+'), 'i');
}
