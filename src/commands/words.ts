import { Argument, Help, type HelpConfiguration, Option } from 'commander';

/**
 * An option whose value is one of some words, which shells complete. Its description names them, and whether it is one
 * of them is looked at together with all other options.
 */
export function wordOption(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, description);
  option.argChoices = [...words];
  return option;
}

/** An argument that is one of some words, in the same way. */
export function wordArgument(name: string, description: string, words: readonly string[]): Argument {
  const argument = new Argument(name, description);
  argument.argChoices = [...words];
  return argument;
}

/** Help that does not name the words again, and names defaults without quotation marks. */
export const wordsHelp: HelpConfiguration = Object.freeze({
  optionDescription: (option) => new Help().optionDescription(plainly(option)),
  argumentDescription: (argument) => new Help().argumentDescription(plainly(argument)),
});

function plainly<T extends Option | Argument>(described: T): T {
  const { defaultValue, defaultValueDescription = defaultValue } = described;
  return Object.create(described, {
    argChoices: { value: undefined },
    defaultValueDescription: { value: defaultValueDescription },
  }) as T;
}
