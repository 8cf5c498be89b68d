import { parseVersion } from '../admission/values.ts';
import { versionHint } from '../admission/versionHint.ts';
import { findWord, quoted } from '../admission/words.ts';
import { profiles } from '../policy/profiles.ts';
import { newestMinor } from '../policy/version.ts';
import type { Asked } from '../readiness/askedPolicy.ts';

const profileNames = profiles.map(({ name }) => name);

/** One of two policies to be compared: a profile, or all that a configuration file makes of the namespaces. */
export type PolicySide = { readonly asked: Asked } | { readonly file: string };

/**
 * Two policies to be compared: `restricted@v1.34..restricted@v1.36`, `old.yaml..new.yaml`, or one of each. Undefined, with
 * a sentence added, for anything else. With a configuration file of its own, that says later which profiles there are.
 */
export function readDiff(
  text: string,
  problems: string[],
  hasConfiguration = false,
): readonly [PolicySide, PolicySide] | undefined {
  // The dots may also be part of a path, such as ../old.yaml.
  for (let at = text.indexOf('..', 1); at !== -1; at = text.indexOf('..', at + 1)) {
    const found: string[] = [];
    const [before, after] = [text.slice(0, at), text.slice(at + 2)].map((side) =>
      readSide(side, hasConfiguration, found),
    );
    if (!before || !after) continue;
    problems.push(...found);
    return [before, after];
  }
  const like = `restricted@v1.34..restricted@v1.${newestMinor} or old.yaml..new.yaml`;
  problems.push(`--diff ${quoted(text, 60)} is not like ${like}`);
  return undefined;
}

/** As `--diff` names it. */
export function sideText(side: PolicySide): string {
  if ('file' in side) return side.file;
  const { profile = '', version = 'latest' } = side.asked;
  return `${profile}@${version}`;
}

function readSide(text: string, hasConfiguration: boolean, problems: string[]): PolicySide | undefined {
  if (/[^/.]\.(ya?ml|json)$/i.test(text)) return { file: text };
  const [name = '', version, ...rest] = text.split('@');
  const own = hasConfiguration && /^[a-z0-9-]+$/i.test(name) ? name : undefined;
  const profile = findWord(name, profileNames) ?? own;
  if (profile === undefined || rest.length > 0) return undefined;
  return { asked: { profile, version: version === undefined ? 'latest' : readVersion('--diff', version, problems) } };
}

/** A version of the standards; `latest`, with a sentence added to the problems, for what is none. */
export function readVersion(option: string, text: string, problems: string[]): string {
  const { value, problems: found } = parseVersion(text);
  if (found.length > 0) {
    problems.push(`${option} ${quoted(text)} is neither latest nor like v1.${newestMinor}${versionHint(text)}`);
  }
  return value;
}
