import type { Mode } from '../policy/control.ts';
import { controls } from '../policy/controls/index.ts';
import type { Level } from '../policy/level.ts';
import { profiles as builtIn } from '../policy/profiles.ts';
import type { ConfiguredProfile } from './configuration.ts';
import { type ControlChoices, parseChoices } from './controlChoices.ts';
import type { Part } from './decodeConfiguration.ts';
import { decodeSettings } from './decodeSettings.ts';
import type { Fault } from './shape.ts';
import { suggestion } from './words.ts';

/** A profile as it is written, beside the settings that it brings along. */
export interface WrittenProfile extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly extends: string;
  readonly level?: Level;
  readonly controls?: readonly string[];
}

type Profiles = readonly Part<WrittenProfile>[];

/** The profiles, each with all that it takes over from the one that it extends. */
export function decodeProfiles(
  parts: Profiles,
  names: readonly (string | undefined)[],
  faults: Fault[],
): readonly ConfiguredProfile[] {
  const known = new Map<string, ConfiguredProfile>(builtIn.map((profile) => [profile.name, profile]));
  const byName = new Map(parts.map((part) => [part.written.name, part]));
  const refused = new Set<string>();
  const refuse = ({ path, written }: Part<WrittenProfile>, key: string, problem: string) => {
    refused.add(written.name);
    faults.push({ path: [...path, key], problem });
  };
  const resolve = (part: Part<WrittenProfile>, above: readonly string[]): ConfiguredProfile | undefined => {
    const { name, extends: base } = part.written;
    if (known.has(name) || refused.has(name)) return known.get(name);
    if ([...above, name].includes(base)) {
      refuse(part, 'extends', `${[...above, name].join(' extends ')} extends ${base}, which goes round in a circle`);
      return undefined;
    }
    const other = byName.get(base);
    const extended = known.get(base) ?? (other && resolve(other, [...above, name]));
    if (!extended) {
      const all = [...builtIn.map((one) => one.name), ...names.filter((one) => one !== undefined)];
      if (all.includes(base)) refused.add(name);
      else refuse(part, 'extends', `there is no profile "${base}"${suggestion(base, all)}`);
      return undefined;
    }
    const profile = extend(extended, part, faults);
    known.set(name, profile);
    return profile;
  };
  return parts.flatMap((part): readonly ConfiguredProfile[] => {
    if (builtIn.some(({ name }) => name === part.written.name)) {
      faults.push({ path: [...part.path, 'name'], problem: `"${part.written.name}" is a profile that is built in` });
      return [];
    }
    const profile = resolve(part, []);
    return profile ? [profile] : [];
  });
}

function extend(base: ConfiguredProfile, { path, written }: Part<WrittenProfile>, faults: Fault[]): ConfiguredProfile {
  const { controls: list = [], name, level = base.level, extends: _, ...others } = written;
  const { value: choices, problems } = parseChoices(list.join(','));
  const problem = (text: string) => faults.push({ path: [...path, 'controls'], problem: text });
  for (const text of [...problems, ...contradictionsIn(choices, base)]) problem(text);
  const { added, removed } = choices;
  const isIn = (id: string) => (added.has(id) || base.controls.includes(id)) && !removed.has(id);
  return Object.freeze({
    name,
    about: `Your own, which extends ${base.name}.`,
    level,
    controls: controls.map(({ id }) => id).filter(isIn),
    without: controls
      .map(({ id }) => id)
      .filter((id) => removed.has(id) || (base.without?.includes(id) && !added.has(id))),
    modes: new Map<string, Mode>([...(base.modes ?? []), ...choices.modes]),
    settings: { ...base.settings, ...decodeSettings(others, path, faults) },
  });
}

function contradictionsIn({ added, removed, modes }: ControlChoices, base: ConfiguredProfile): readonly string[] {
  const given = controls.filter((one) => one.given !== undefined).map(({ id }) => id);
  const idle = [...removed].filter((id) => ![...base.controls, ...given].includes(id));
  const moded = [...modes.keys()].filter((id) => ![...base.controls, ...given, ...added].includes(id));
  return [
    ...[...added].filter((id) => removed.has(id)).map((id) => `"+${id}" and "-${id}" contradict each other`),
    ...idle.filter((id) => !added.has(id)).map((id) => `"-${id}" does nothing, since ${base.name} does not fill it`),
    ...moded.map((id) => `"${id}=${modes.get(id)}" does nothing without "+${id}"`),
  ];
}
