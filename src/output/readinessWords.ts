import { oneLine } from '../policy/text.ts';
import type { NamespaceReadiness, ShapeReadiness } from '../readiness/readiness.ts';
import type { Party, Remaining } from '../readiness/remaining.ts';
import type { ShapeBreak } from '../readiness/survey.ts';
import { isInTheWay, type UserFinding, type UserState } from '../readiness/userFindings.ts';
import { statementOf } from './podWords.ts';

const parties: Readonly<Record<Party, string>> = {
  author: 'set by its author',
  image: "its image's user",
  administrator: "the namespace's policy",
  cluster: 'the version of the cluster',
};

/** What remains, and whose doing it is: `host namespaces (hostNetwork=true): set by its author`. */
export function remainingText({ reason, detail, by, left }: Remaining): string {
  const told = left.filter((one) => one !== 'set-by-author');
  const why = told.length === 0 ? '' : ` (${told.join(', ')})`;
  return oneLine(`${reason} (${detail}): ${parties[by]}${why}`);
}

/** What remains, but for what follows from the user of an image: where that is in the way, it is said of the user. */
export function objectionsIn({ remaining, users }: ShapeReadiness): readonly Remaining[] {
  return users.some(isInTheWay) ? remaining.filter(({ by }) => by !== 'image') : remaining;
}

const states: Readonly<Record<UserState, string>> = {
  'runs-as-root': 'runs as uid 0 now, which runAsNonRoot would keep from starting',
  'image-root': 'its image is known to run as root',
  'named-user': 'its image names its user, which the kubelet cannot verify: give the number',
  unknown: 'nobody knows as whom its image runs',
};

/** What is known of the user of a container: `web: runs as uid 0 now (nginx:1.27)`. */
export function userText({ container, image, state }: UserFinding): string {
  return oneLine(`${container}: ${states[state]}${image === undefined ? '' : ` (${image})`}`);
}

/** What does not work where a field was filled: `web-1: app exited with code 1 after 2 s. Perhaps because of …`. */
export function breakText({ example, pods, ...found }: ShapeBreak): string {
  const others = pods === 1 ? '' : ` and ${pods - 1} more`;
  return oneLine(`${example}${others}: ${statementOf(found)}`);
}

/** `baseline → restricted`, or the one level that the pods have and keep. */
export function shapeLevels({ before, after }: ShapeReadiness): string {
  return before.level === after.level ? after.level : `${before.level} → ${after.level}`;
}

/** What would be filled, each field once: `web: runAsNonRoot, capabilities; the pod: seccompProfile`. */
export function fillsText({ filled }: ShapeReadiness): string {
  const places = new Map<string, Set<string>>();
  for (const { control, container = 'the pod' } of filled) {
    places.set(container, (places.get(container) ?? new Set()).add(control));
  }
  return oneLine(Array.from(places, ([place, controls]) => `${place}: ${[...controls].join(', ')}`).join('; '));
}

/** What whoever sends the report on tells the authors of manifests; undefined where nothing is left to them. */
export function authorsHint(namespaces: readonly NamespaceReadiness[]): string | undefined {
  const isAuthors = ({ remaining }: ShapeReadiness) => remaining.some(({ by }) => by === 'author');
  if (!namespaces.some(({ workloads }) => workloads.some(({ shapes }) => shapes.some(isAuthors)))) return undefined;
  return (
    'What an author set is for that author to change: "pod-hardener check -f FILE" says where it stands in a ' +
    'manifest, and "pod-hardener harden -f FILE -i" fills in the rest of it.'
  );
}
