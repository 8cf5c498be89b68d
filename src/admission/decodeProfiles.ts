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

/**
 * A profile as it is written, beside the settings that it brings along. Any of it may also be undefined, which is a
 * fault that is known by then.
 */
export interface WrittenProfile extends Readonly<Record<string, unknown>> {
  readonly name?: string | undefined;
  readonly extends?: string | undefined;
  readonly level?: Level | undefined;
  readonly controls?: readonly (string | undefined)[] | undefined;
}

type ProfilePart = Part<WrittenProfile>;

/** The profiles, each with all that it takes over from the one that it extends. */
export function decodeProfiles(
  parts: readonly ProfilePart[],
  names: readonly (string | undefined)[],
  faults: Fault[],
): readonly ConfiguredProfile[] {
  // Of two that have one name, the first.
  const byName = new Map(parts.toReversed().map((part) => [part.written.name, part]));
  const resolved = new Map<ProfilePart, ConfiguredProfile | undefined>();
  const fault = ({ path }: ProfilePart, key: string, problem: string) => faults.push({ path: [...path, key], problem });

  const resolve = (part: ProfilePart, above: readonly ProfilePart[]): ConfiguredProfile | undefined => {
    if (!resolved.has(part)) resolved.set(part, extend(baseOf(part, [...above, part]), part, faults));
    return resolved.get(part);
  };
  const baseOf = (part: ProfilePart, chain: readonly ProfilePart[]): ConfiguredProfile | undefined => {
    const base = part.written.extends;
    if (base === undefined) return undefined;
    const given = builtIn.find(({ name }) => name === base);
    if (given) return given;
    const other = byName.get(base);
    if (other && !chain.includes(other)) return resolve(other, chain);
    const all = [...builtIn.map(({ name }) => name), ...names.filter((name) => name !== undefined)];
    if (other) {
      const links = chain.flatMap(({ written }) => written.name ?? []).join(' extends ');
      fault(part, 'extends', `${links} extends ${base}, which goes round in a circle`);
    } else if (!all.includes(base)) {
      fault(part, 'extends', `there is no profile "${base}"${suggestion(base, all)}`);
    }
    return undefined;
  };
  return parts.flatMap((part): readonly ConfiguredProfile[] => {
    const { name } = part.written;
    if (builtIn.some((one) => one.name === name)) fault(part, 'name', `"${name}" is a profile that is built in`);
    const profile = resolve(part, []);
    return profile ? [profile] : [];
  });
}

/** The profile; undefined where too little of it or of its base is understood to judge what extends it. */
function extend(
  base: ConfiguredProfile | undefined,
  { path, written }: ProfilePart,
  faults: Fault[],
): ConfiguredProfile | undefined {
  const { controls: list, name, level, extends: _, ...others } = written;
  const understood = (list ?? []).filter((item) => item !== undefined);
  const { value: choices, problems } = parseChoices(understood.join(','));
  const isWhole = Object.hasOwn(written, 'controls') ? list?.length === understood.length : true;
  const contradictions = [...contradictionsIn(choices), ...(base && isWhole ? idleIn(choices, base) : [])];
  for (const problem of [...problems, ...contradictions]) faults.push({ path: [...path, 'controls'], problem });
  const settings = decodeSettings(others, path, faults);
  if (!base || !isWhole || name === undefined) return undefined;
  const { added, removed } = choices;
  const isIn = (id: string) => (added.has(id) || base.controls.includes(id)) && !removed.has(id);
  return Object.freeze({
    name,
    about: `Your own, which extends ${base.name}.`,
    level: level ?? base.level,
    controls: controls.map(({ id }) => id).filter(isIn),
    without: controls
      .map(({ id }) => id)
      .filter((id) => removed.has(id) || (base.without?.includes(id) && !added.has(id))),
    modes: new Map<string, Mode>([...(base.modes ?? []), ...choices.modes]),
    settings: { ...base.settings, ...settings },
  });
}

function contradictionsIn({ added, removed }: ControlChoices): readonly string[] {
  return [...added].filter((id) => removed.has(id)).map((id) => `"+${id}" and "-${id}" contradict each other`);
}

function idleIn({ added, removed, modes }: ControlChoices, base: ConfiguredProfile): readonly string[] {
  const given = controls.filter((one) => one.given !== undefined).map(({ id }) => id);
  const idle = [...removed].filter((id) => ![...base.controls, ...given].includes(id));
  const moded = [...modes.keys()].filter((id) => ![...base.controls, ...given, ...added].includes(id));
  return [
    ...idle.filter((id) => !added.has(id)).map((id) => `"-${id}" does nothing, since ${base.name} does not fill it`),
    ...moded.map((id) => `"${id}=${modes.get(id)}" does nothing without "+${id}"`),
  ];
}
