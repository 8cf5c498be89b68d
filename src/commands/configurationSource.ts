import { builtInConfiguration, type Configuration } from '../admission/configuration.ts';
import { type Exemptions, exemptionsAt } from '../admission/exemptions.ts';
import { type Stop, watchFiles } from '../files/watchFiles.ts';
import type { LoadedConfiguration } from './configurationFile.ts';
import type { Log } from './log.ts';

/** The configuration in force, which changes with its file. */
export interface ConfigurationSource {
  readonly current: () => Configuration;
  /** Its exemptions as they stand now. */
  readonly exemptions: () => Exemptions;
  /** Looks at the file from now on, and tells what became of each change. */
  readonly watch: (onChange: (result: 'success' | 'failure') => void) => Stop;
}

const lookAgainMs = 2_000;

/** The configuration of a file that was read, for as long as that stays as it is; the built-in one without a file. */
export function createConfigurationSource(
  file: string | undefined,
  loaded: LoadedConfiguration | undefined,
  log: Log,
  now: () => number = Date.now,
): ConfigurationSource {
  let current = loaded?.configuration ?? builtInConfiguration;
  let exemptions = createTimed(current, now);
  const tell = () => {
    for (const { name, owner, expires } of exemptions().expired) {
      log('warn', 'An exemption has expired.', { file, exemption: name, owner, expires: expires?.written });
    }
  };
  tell();
  return {
    current: () => current,
    exemptions: () => exemptions(),
    watch(onChange) {
      if (file === undefined || !loaded) return () => {};
      const take = ([text = '']: readonly string[]) => {
        current = loaded.again(text);
        exemptions = createTimed(current, now);
        log('info', 'The configuration was read again.', { file });
        tell();
        onChange('success');
      };
      const refuse = ({ message }: Error) => {
        log('error', 'The configuration was not taken over; the last one stays.', { file, error: message });
        onChange('failure');
      };
      return watchFiles([file], [loaded.text], lookAgainMs, take, refuse);
    },
  };
}

/** The exemptions as they stand now, worked out anew only when one of them ends. */
function createTimed({ exemptions }: Configuration, now: () => number): () => Exemptions {
  let until = Number.NEGATIVE_INFINITY;
  let from = Number.POSITIVE_INFINITY;
  let known = exemptionsAt([], 0);
  return () => {
    const time = now();
    // A clock may also be set back.
    if (time >= until || time < from) {
      known = exemptionsAt(exemptions, time);
      const ends = known.active.flatMap(({ expires }) => (expires ? [expires.at] : []));
      [from, until] = [time, Math.min(...ends, Number.POSITIVE_INFINITY)];
    }
    return known;
  };
}
