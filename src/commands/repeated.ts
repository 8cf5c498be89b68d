import type { Command } from 'commander';
import { quoted } from '../admission/words.ts';

/**
 * Begins to remember what the command's options are given. The answer has a sentence for each that takes one value and
 * was given several: the last one would silently replace the others.
 */
export function watchRepetition(command: Command): () => readonly string[] {
  const given = new Map<string, string[]>();
  for (const option of command.options) {
    // One with a parser of its own puts its values together itself.
    if (!option.required || option.variadic || option.parseArg) continue;
    const values: string[] = [];
    given.set(option.long ?? option.flags, values);
    command.on(`option:${option.name()}`, (value: string) => void values.push(value));
  }
  return () =>
    [...given]
      .filter(([, values]) => values.length > 1)
      .map(
        ([flag, values]) =>
          `${flag} takes one value, but is given ${values.map((one) => quoted(one, 40)).join(' and ')}`,
      );
}
