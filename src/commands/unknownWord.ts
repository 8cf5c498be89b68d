import { quoted, suggestion } from '../admission/words.ts';

/** Says that an option has no such word, and which one was probably meant, or which there are. */
export function unknownWord(option: string, text: string, allowed: readonly string[]): string {
  const hint = suggestion(text, allowed) || `; there are ${allowed.join(', ')}`;
  return `${option} ${quoted(text)} is unknown${hint}`;
}
