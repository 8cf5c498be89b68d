import type { Path } from '../policy/path.ts';
import { builtInConfiguration, type Configuration, type Settings } from './configuration.ts';
import { configurationShape } from './configurationShape.ts';
import { decodeExemption, type WrittenExemption } from './decodeExemption.ts';
import { decodeProfiles, type WrittenProfile } from './decodeProfiles.ts';
import { decodeSettings } from './decodeSettings.ts';
import { type Fault, faultsOf, soundIn } from './shape.ts';

/** What of the file has the right shape: of that, the meaning is looked at, whatever else is wrong beside it. */
interface Written {
  readonly profiles?: Sound<WrittenProfile>;
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly exemptions?: Sound<WrittenExemption>;
}

type Sound<T> = readonly (T | undefined)[] | undefined;

/** One member of a list in the file, and where it stands. */
export interface Part<T> {
  readonly path: Path;
  readonly written: T;
}

/** The configuration that a parsed file describes, or all that is wrong with it: it is taken whole or not at all. */
export function decodeConfiguration(value: unknown): Configuration | { readonly faults: readonly Fault[] } {
  const faults = [...faultsOf(value, configurationShape)];
  const { profiles, defaults, exemptions } = (soundIn(value, configurationShape) ?? {}) as Written;
  const names = namesIn(value, 'profiles');
  const ownProfiles = decodeProfiles(partsOf('profiles', profiles), names, faults);
  const settings: Settings = decodeSettings(defaults ?? {}, ['defaults'], faults);
  const spared = partsOf('exemptions', exemptions).map((part) => decodeExemption(part, faults));
  refuseRepeated(names, 'profiles', faults);
  refuseRepeated(namesIn(value, 'exemptions'), 'exemptions', faults);
  if (faults.length > 0) return { faults };
  return {
    profiles: [...builtInConfiguration.profiles, ...ownProfiles],
    defaults: settings,
    exemptions: spared,
  };
}

function partsOf<T>(key: string, list: Sound<T>): readonly Part<T>[] {
  return (list ?? []).flatMap((written, index) => (written === undefined ? [] : [{ path: [key, index], written }]));
}

/** The names in a list of the file, also those that are no good. */
function namesIn(file: unknown, key: string): readonly (string | undefined)[] {
  const list = membersOf(file)[key];
  const members: readonly unknown[] = Array.isArray(list) ? list : [];
  return members.map((member) => {
    const { name } = membersOf(member);
    return typeof name === 'string' ? name : undefined;
  });
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function refuseRepeated(names: readonly (string | undefined)[], key: string, faults: Fault[]): void {
  for (const [index, name] of names.entries()) {
    if (name === undefined || names.indexOf(name) === index) continue;
    faults.push({ path: [key, index, 'name'], problem: `there is another one called "${name}" above` });
  }
}
