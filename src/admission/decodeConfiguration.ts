import type { Path } from '../policy/path.ts';
import { builtInConfiguration, type Configuration, type Settings } from './configuration.ts';
import { configurationShape } from './configurationShape.ts';
import { decodeExemption, type WrittenExemption } from './decodeExemption.ts';
import { decodeProfiles, type WrittenProfile } from './decodeProfiles.ts';
import { decodeSettings } from './decodeSettings.ts';
import { type Fault, faultsOf } from './shape.ts';

/** The file as it is written. Only what has the right shape is looked at. */
interface Written {
  readonly profiles?: readonly WrittenProfile[];
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly exemptions?: readonly WrittenExemption[];
}

/** One member of a list in the file, and where it stands. */
export interface Part<T> {
  readonly path: Path;
  readonly written: T;
}

/** The configuration that a parsed file describes, or all that is wrong with it: it is taken whole or not at all. */
export function decodeConfiguration(value: unknown): Configuration | { readonly faults: readonly Fault[] } {
  const misshapen = faultsOf(value, configurationShape);
  const faults = [...misshapen];
  const isSound = (path: Path) => !misshapen.some((fault) => path.every((key, index) => fault.path[index] === key));
  const { profiles, defaults, exemptions } = (isSound([]) || isMapping(value) ? value : {}) as Written;
  const sound = <T>(key: string, list: readonly T[] | undefined) =>
    (Array.isArray(list) ? (list as readonly T[]) : [])
      .map((written, index): Part<T> => ({ path: [key, index], written }))
      .filter(({ path }) => isSound(path));
  const ownProfiles = decodeProfiles(sound('profiles', profiles), namesIn(profiles), faults);
  const settings: Settings = isSound(['defaults']) ? decodeSettings(defaults ?? {}, ['defaults'], faults) : {};
  const spared = sound('exemptions', exemptions).map((part) => decodeExemption(part, faults));
  refuseRepeated(namesIn(profiles), 'profiles', faults);
  refuseRepeated(namesIn(exemptions), 'exemptions', faults);
  if (faults.length > 0) return { faults };
  return {
    profiles: [...builtInConfiguration.profiles, ...ownProfiles],
    defaults: settings,
    exemptions: spared,
  };
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The names in a list, also of members in which something else is wrong. */
function namesIn(list: unknown): readonly (string | undefined)[] {
  const members: readonly unknown[] = Array.isArray(list) ? list : [];
  return members.map((member) => {
    const name = isMapping(member) ? (member as { readonly name?: unknown }).name : undefined;
    return typeof name === 'string' ? name : undefined;
  });
}

function refuseRepeated(names: readonly (string | undefined)[], key: string, faults: Fault[]): void {
  for (const [index, name] of names.entries()) {
    if (name === undefined || names.indexOf(name) === index) continue;
    faults.push({ path: [key, index, 'name'], problem: `there is another one called "${name}" above` });
  }
}
