import type { Path } from '../policy/path.ts';
import type { Settings } from './configuration.ts';
import { parseChoices } from './controlChoices.ts';
import { namespaceKeys } from './keys.ts';
import type { Fault } from './shape.ts';
import { strictPolicy } from './strictPolicy.ts';

/** The settings among the members of a mapping, in the words of a namespace's annotations. */
export function decodeSettings(written: Readonly<Record<string, unknown>>, path: Path, faults: Fault[]): Settings {
  const keys = namespaceKeys.filter((key) => written[key] !== undefined);
  const settings = Object.fromEntries(keys.map((key) => [key, textOf(written[key])]));
  for (const key of keys) {
    for (const problem of problemsOf(key, settings[key] ?? '')) faults.push({ path: [...path, key], problem });
  }
  return settings;
}

/** Lists have commas between their members, of which there may be undefined ones. */
function textOf(value: unknown): string {
  return Array.isArray(value) ? value.filter((item) => item !== undefined).join(',') : String(value);
}

/** Whether controls make sense depends on the profile that a namespace has. */
function problemsOf(key: string, text: string): readonly string[] {
  if (key === 'controls') return parseChoices(text).problems;
  return strictPolicy({ [key]: text }).problems.map((problem) => problem.replace(`${key}: `, ''));
}
