import { type BreakField, breakagesOf } from './breakFields.ts';
import type { ObservedContainer } from './observedPod.ts';

/** What in the message is said where the field is in the way. */
export function saidOf(field: BreakField, container: ObservedContainer, message: string): string | undefined {
  const text = sayWithoutCase(message);
  return wordsFor(field, container).find((words) => text.includes(words.toLowerCase()));
}

/** What programs say that the field keeps from their work: in the words of the control, and in those of the system. */
function wordsFor(field: BreakField, { uid }: ObservedContainer): readonly string[] {
  const known = breakagesOf(field).flatMap(({ seenIn, messages }) => (seenIn === 'log' ? messages : []));
  // Root without its capabilities is also refused files that belong to others.
  const more = field === 'capabilities' && uid === 0 ? ['Permission denied'] : [];
  return [...known, ...more].filter((words) => words !== tooCommon);
}

/** A program says it of anything that is missing. */
const tooCommon = 'No such file or directory';

/** How nginx says it, and Node once the name of the error is replaced. */
const refusedPort =
  /bind\(\) to \S+ failed \(13: permission denied\)|listen permission denied: permission denied \S+:\d+/;

/** In lower case, as Go and Node write it, with the names of the errors that Node gives instead. */
function sayWithoutCase(message: string): string {
  return message
    .toLowerCase()
    .replaceAll('eperm', 'operation not permitted')
    .replaceAll('eacces', 'permission denied')
    .replaceAll('erofs', 'read-only file system')
    .replace(refusedPort, 'bind: permission denied');
}

/** What the control advises where this is said, else where programs say nothing that is known. */
export function remedyOf(field: BreakField, said: string): string | undefined {
  const matching = breakagesOf(field).find(({ messages }) => messages.some((words) => isLike(said, words)));
  const remedy = (matching ?? breakagesOf(field)[0])?.remedy;
  return remedy?.replaceAll('`', '');
}

/** Whether the text is the message, in which a word in capitals stands for any. */
function isLike(text: string, message: string): boolean {
  const [before = '', after] = message.split('NAME');
  return after === undefined ? text === message : text.startsWith(before) && text.endsWith(after);
}
