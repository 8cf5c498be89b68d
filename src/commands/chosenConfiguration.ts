import type { Configuration } from '../admission/configuration.ts';
import { type Exemptions, exemptionsAt } from '../admission/exemptions.ts';
import { findWord } from '../admission/words.ts';
import { ManifestError } from '../manifests/errors.ts';
import { oneLine } from '../policy/text.ts';
import { ConfigurationError, loadConfiguration } from './configurationFile.ts';
import { unknownWord } from './unknownWord.ts';

/** What a configuration file says at some moment, and the profile that was asked for; nothing of it without a file. */
export interface ChosenConfiguration {
  readonly configuration?: Configuration;
  readonly exemptions?: Exemptions;
  readonly profile?: string;
}

/**
 * The configuration in the file that was asked for, and its exemptions as they stand at a moment, in milliseconds since
 * 1970. Rejects with a ConfigurationError when it cannot be read or understood, or does not know the profile.
 */
export async function chosenConfiguration(
  { config, profile }: { readonly config?: string | undefined; readonly profile?: string | undefined },
  now: number,
): Promise<ChosenConfiguration> {
  if (config === undefined) return {};
  const { configuration } = await loadConfiguration(config);
  const exemptions = exemptionsAt(configuration.exemptions, now);
  if (profile === undefined) return { configuration, exemptions };
  return { configuration, exemptions, profile: profileIn(configuration, '--profile', profile) };
}

/** The same; undefined, once all that is wrong with the file has been said, where it cannot be used. */
export async function configurationOrSaid(
  options: Parameters<typeof chosenConfiguration>[0],
  now: number,
  say: (line: string) => void,
): Promise<ChosenConfiguration | undefined> {
  try {
    return await chosenConfiguration(options, now);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const sentence of error.sentences) say(oneLine(`error: ${sentence}`));
    return undefined;
  }
}

/** The name of the profile as the configuration has it. Throws a ConfigurationError for one that is not in it. */
export function profileIn({ profiles }: Configuration, option: string, written: string): string {
  const names = profiles.map(({ name }) => name);
  const known = findWord(written, names);
  if (known === undefined) throw new ConfigurationError([new ManifestError(unknownWord(option, written, names))]);
  return known;
}
