import { parseVersion } from '../admission/values.ts';
import { versionHint } from '../admission/versionHint.ts';
import { findWord, quoted } from '../admission/words.ts';
import { profiles } from '../policy/profiles.ts';
import { newestMinor } from '../policy/version.ts';
import type { Asked } from '../readiness/askedPolicy.ts';

const profileNames = profiles.map(({ name }) => name);

/** Two policies to be compared: `restricted@v1.34..restricted@v1.36`; undefined, with a sentence added, for anything else. */
export function readDiff(text: string, problems: string[]): readonly [Asked, Asked] | undefined {
  const sides = text.split('..');
  const [before, after] = sides.map((side) => readSide(side, problems));
  if (sides.length === 2 && before && after) return [before, after];
  problems.push(`--diff ${quoted(text, 60)} is not like restricted@v1.34..restricted@v1.${newestMinor}`);
  return undefined;
}

/** One policy: a profile, and a version of the standards where it is not the latest. */
function readSide(text: string, problems: string[]): Asked | undefined {
  const [name = '', version, ...rest] = text.split('@');
  const profile = findWord(name, profileNames);
  if (profile === undefined || rest.length > 0) return undefined;
  return { profile, version: version === undefined ? 'latest' : readVersion('--diff', version, problems) };
}

/** A version of the standards; `latest`, with a sentence added to the problems, for what is none. */
export function readVersion(option: string, text: string, problems: string[]): string {
  const { value, problems: found } = parseVersion(text);
  if (found.length > 0) {
    problems.push(`${option} ${quoted(text)} is neither latest nor like v1.${newestMinor}${versionHint(text)}`);
  }
  return value;
}
