import type { Argument, Command, Option } from 'commander';

/** What may come next on a command line. */
export interface Completions {
  readonly words: readonly { readonly word: string; readonly about: string }[];
  /** Whether the name of a file may, too. */
  readonly files: boolean;
}

const nothing: Completions = { words: [], files: false };

/**
 * What the last of the words that follow the program's name may become. They are as a shell splits them: bash also does
 * so at an equals sign.
 */
export function completionsOf(program: Command, written: readonly string[]): Completions {
  const words = joined(written);
  const current = words.at(-1) ?? '';
  const { command, pending, positional, literal } = walk(program, words.slice(0, -1));
  const [flag = '', ...rest] = current.split('=');
  if (!literal && rest.length > 0 && flag.startsWith('--')) {
    const option = command.options.find(({ long }) => long === flag);
    if (!option) return nothing;
    const { words: values, files } = startingWith(rest.join('='), valuesOf(option));
    return { words: values.map(({ word, about }) => ({ word: `${flag}=${word}`, about })), files };
  }
  const startsOption = !literal && current.startsWith('-');
  if (pending && !(startsOption && pending.variadic)) return startingWith(current, valuesOf(pending));
  return startingWith(current, startsOption ? flagsOf(command) : operandsOf(command, positional));
}

/** The words without the equals signs that bash has split an option from its value at. */
function joined(words: readonly string[]): readonly string[] {
  const isSign = (index: number) => words[index] === '=' && (words[index - 1] ?? '').startsWith('--');
  const kept = words.filter((_, index) => !isSign(index));
  return isSign(words.length - 1) ? [...kept, ''] : kept;
}

interface Place {
  readonly command: Command;
  /** The option that waits for a value. */
  readonly pending?: Option | undefined;
  /** How many arguments that are no options have been given. */
  readonly positional: number;
  /** Whether `--` has ended the options. */
  readonly literal: boolean;
}

function walk(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, positional: 0, literal: false };
  for (const word of words) place = step(place, word);
  return place;
}

function step(place: Place, word: string): Place {
  const { command, pending, positional, literal } = place;
  const startsOption = !literal && word.startsWith('-') && word !== '-';
  if (pending && !(startsOption && pending.variadic))
    return pending.variadic ? place : { ...place, pending: undefined };
  if (startsOption && word === '--') return { ...place, literal: true };
  if (startsOption) {
    const option = command.options.find(({ long, short }) => word === long || word === short);
    return { ...place, pending: option?.required ? option : undefined };
  }
  const called = positional === 0 ? commandsOf(command).find((one) => one.name() === word) : undefined;
  // After "help", there may be what there may be without it.
  if (called?.name() === 'help') return place;
  return called ? { ...place, command: called } : { ...place, positional: positional + 1 };
}

function valuesOf({ argChoices, flags }: Option | (Argument & { readonly flags?: undefined })): Completions {
  if (argChoices) return { words: argChoices.map((word) => ({ word, about: '' })), files: false };
  return { words: [], files: /<file(\.{3})?>/.test(flags ?? '') };
}

function flagsOf(command: Command): Completions {
  const options = command.createHelp().visibleOptions(command);
  const words = options.map(({ long, short, description }) => ({ word: long ?? short ?? '', about: description }));
  return { words, files: false };
}

/** What may come that is no option: a command, or what the command's own argument may be. */
function operandsOf(command: Command, positional: number): Completions {
  const commands = commandsOf(command);
  if (commands.length > 0 && positional === 0) {
    return {
      words: commands.map((one) => ({ word: one.name(), about: one.summary() || one.description() })),
      files: false,
    };
  }
  const argument = command.registeredArguments.at(positional) ?? command.registeredArguments.at(-1);
  if (!argument || (positional >= command.registeredArguments.length && !argument.variadic)) return nothing;
  return argument.argChoices ? valuesOf(argument) : { words: [], files: argument.name() === 'file' };
}

function commandsOf(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}

function startingWith(prefix: string, { words, files }: Completions): Completions {
  return { words: words.filter(({ word }) => word.startsWith(prefix)), files };
}
