import type { Command } from 'commander';

/** Lets `--profile` be completed with the profiles of the configuration file that the words name, where it can be read. */
export async function offerProfiles(program: Command, words: readonly string[]): Promise<void> {
  const file = configIn(words);
  if (file === undefined) return;
  const { loadConfiguration } = await import('./configurationFile.ts');
  const loaded = await loadConfiguration(file).catch(() => undefined);
  const options = program.commands.flatMap((command) => command.options).filter(({ long }) => long === '--profile');
  const names = loaded?.configuration.profiles.map(({ name }) => name);
  if (!names) return;
  for (const option of options) option.argChoices = names;
}

/** Bash also splits words at an equals sign. */
function configIn(words: readonly string[]): string | undefined {
  const joined = words.find((word) => word.startsWith('--config='));
  if (joined !== undefined) return joined.slice('--config='.length);
  const [first, second] = words.slice(words.indexOf('--config') + 1);
  return words.includes('--config') ? (first === '=' ? second : first) : undefined;
}
