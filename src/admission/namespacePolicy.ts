import { type Control, type GivenValues, type Mode, milder, modes } from '../policy/control.ts';
import { controls } from '../policy/controls/index.ts';
import type { ActiveControl } from '../policy/harden.ts';
import type { Level } from '../policy/level.ts';
import { type Profile, restricted } from '../policy/profiles.ts';
import { clip } from '../policy/text.ts';
import { builtInConfiguration, type Configuration, type ConfiguredProfile, type Settings } from './configuration.ts';
import { type ControlChoices, lacksValue, noChoices, parseControls, takesPart } from './controlChoices.ts';
import { keyPrefix, type NamespaceKey, namespaceKeys, profileKey } from './keys.ts';
import { inShadow, parseShadow } from './shadowProfile.ts';
import {
  parseId,
  parseIds,
  parsePaths,
  parseRootImages,
  parseSeccompProfile,
  parseVersion,
  parseWord,
} from './values.ts';
import { findWord, type Parsed, quoted, suggestion } from './words.ts';

/** A namespace as far as its policy goes. */
export interface NamespaceRecord {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What is in force in a namespace. */
export interface Policy {
  readonly profile: string;
  /** The level of the Pod Security Standards that the profile aims at. */
  readonly level: Level;
  /** The version of the standards that is aimed at: `latest` or `v1.NN`. */
  readonly version: string;
  /** What is done about a control that has no mode of its own. */
  readonly mode: Mode;
  readonly controls: readonly ActiveControl[];
  /** What the profile asks for or takes out, whatever the namespace makes of it. */
  readonly profileControls: readonly string[];
  readonly values: GivenValues;
  /** Whether a pod's own annotation may ask for less. */
  readonly podOverrides: boolean;
  /** What would be in force with the profile that the namespace tries; it has no effect, and no shadow of its own. */
  readonly shadow?: Policy;
  readonly problems: readonly Problem[];
}

/** A part of a namespace's policy that could not be understood. The rest of the policy still applies. */
export interface Problem {
  /** One of our keys without the prefix, or `_unknown`. */
  readonly key: NamespaceKey | '_unknown';
  /** One sentence that names key and value, and the nearest allowed one. */
  readonly message: string;
}

/** The profile as it is written on the namespace, the label before the annotation; undefined when it is not opted in. */
export function writtenProfile({ labels, annotations }: NamespaceRecord): string | undefined {
  return labels[profileKey] ?? annotations[profileKey];
}

/**
 * The policy that a namespace's label and annotations describe, and where they say nothing its profile, then the
 * defaults of the configuration; undefined when the namespace is not opted in.
 */
export function policyOf(
  namespace: NamespaceRecord,
  configuration: Configuration = builtInConfiguration,
): Policy | undefined {
  const written = writtenProfile(namespace);
  if (written === undefined) return undefined;
  const problems: Problem[] = [];
  const profile = readProfile(namespace, written, configuration, problems);
  const read = reader(namespace, { ...configuration.defaults, ...profile.settings }, problems);
  const mode = read('mode', (text) => parseWord(text, modes, 'audit'), 'fill');
  const values = readValues(read);
  const shadow = read('shadow-profile', (text) => parseShadow(text, namesOf(configuration.profiles)), undefined);
  const tried = shadow && policyOf(inShadow(namespace, shadow), configuration);
  const choices = read('controls', (text) => parseControls(text, profile, values), noChoices);
  return {
    profile: profile.name,
    level: profile.level,
    version: read('profile-version', parseVersion, 'latest'),
    mode,
    controls: activeControls(profile, values, choices, mode),
    profileControls: controlsAskedFor(profile),
    values,
    podOverrides:
      read('pod-overrides', (text) => parseWord(text, ['forbidden', 'allowed'], 'forbidden'), '') === 'allowed',
    ...(tried && { shadow: tried }),
    problems: [...problems, ...unknownKeys(namespace).slice(0, maxProblems)],
  };
}

const maxProblems = 8;
/** Far more than any policy needs, and little enough that nonsense costs nobody time. */
export const maxText = 4096;

type Read = <T>(key: NamespaceKey, parse: (text: string) => Parsed<T>, fallback: T) => T;

function reader({ annotations }: NamespaceRecord, settings: Settings, problems: Problem[]): Read {
  return (key, parse, fallback) => {
    const text = annotations[keyPrefix + key];
    if (text === undefined) {
      const setting = settings[key];
      // What is wrong with it was said when the configuration was read.
      return setting === undefined ? fallback : parse(setting).value;
    }
    if (text.length > maxText) {
      problems.push({ key, message: `${keyPrefix}${key}: longer than ${maxText} characters, and not read` });
      return fallback;
    }
    const { value, problems: sentences } = parse(text);
    // A list may hold thousands of bad parts; nobody reads more than the first few.
    for (const sentence of sentences.slice(0, maxProblems)) {
      problems.push({ key, message: `${keyPrefix}${key}: ${sentence}` });
    }
    return value;
  };
}

/** The profile of that name. An unknown one is the strict one, as in Pod Security admission: a typo must not switch hardening off. */
export function profileNamed(written: string, { profiles } = builtInConfiguration): ConfiguredProfile {
  const name = findWord(written, namesOf(profiles));
  return profiles.find((profile) => profile.name === name) ?? restricted;
}

/** What a profile takes out is its administrator's choice, as it is on a namespace. */
function controlsAskedFor({ controls: asked, without = [] }: Profile): readonly string[] {
  if (without.length === 0) return asked;
  return controls.filter(({ id, given }) => asked.includes(id) || (!given && without.includes(id))).map(({ id }) => id);
}

function namesOf(profiles: readonly Profile[]): readonly string[] {
  return profiles.map(({ name }) => name);
}

function readProfile(
  { labels, annotations }: NamespaceRecord,
  written: string,
  configuration: Configuration,
  problems: Problem[],
): ConfiguredProfile {
  for (const sentence of parseWord(written, namesOf(configuration.profiles), restricted.name).problems) {
    problems.push({ key: 'profile', message: `${profileKey}: ${sentence}` });
  }
  const [label, annotation] = [labels[profileKey], annotations[profileKey]];
  if (label !== undefined && annotation !== undefined && findWord(annotation, [label.trim()]) === undefined) {
    const message = `${profileKey}: the label says ${quoted(label)}, the annotation ${quoted(annotation)}; the label is used`;
    problems.push({ key: 'profile', message });
  }
  return profileNamed(written, configuration);
}

function readValues(read: Read): GivenValues {
  const none = undefined;
  const given = {
    runAsUser: read('run-as-user', parseId, none),
    runAsGroup: read('run-as-group', parseId, none),
    fsGroup: read('fs-group', parseId, none),
    supplementalGroups: read('supplemental-groups', parseIds, none),
    seccompProfile: read('seccomp-profile', parseSeccompProfile, none),
    writablePaths: read('writable-paths', parsePaths, none),
    rootImages: read('root-images', parseRootImages, none),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== none));
}

/** The controls that take part, in the order of the one list of controls, each with its mode. */
function activeControls(
  profile: Profile,
  values: GivenValues,
  choices: ControlChoices,
  mode: Mode,
): readonly ActiveControl[] {
  const modeOf = (id: string) => {
    const ofProfile = profile.modes?.get(id);
    return choices.modes.get(id) ?? (ofProfile && milder(ofProfile, mode));
  };
  const isIn = (control: Control) =>
    takesPart(control, profile, values) || (choices.added.has(control.id) && !lacksValue(control, values));
  const isOut = (id: string) => choices.removed.has(id) || (profile.without?.includes(id) && !choices.added.has(id));
  const wanted = controls.filter(({ id }) => !isOut(id));
  const taking = wanted.filter(isIn).map(({ id }) => id);
  return wanted.flatMap((control): readonly ActiveControl[] => {
    const { id, beside = '' } = control;
    if (taking.includes(id)) return [{ control, mode: modeOf(id) ?? mode }];
    return taking.includes(beside) ? [{ control, mode: modeOf(id) ?? modeOf(beside) ?? mode, beside: true }] : [];
  });
}

/** Says which keys with our prefix nobody reads, and the key that was probably meant. */
function unknownKeys({ labels, annotations }: NamespaceRecord): Problem[] {
  const problems: Problem[] = [];
  for (const key of Object.keys(labels)) {
    const name = ownName(key);
    if (name === undefined || name === 'profile') continue;
    const remark = isNamespaceKey(name)
      ? 'as a label it is not read; set it as an annotation'
      : `this key is unknown${suggestion(name, namespaceKeys)}`;
    problems.push({ key: '_unknown', message: `${clip(key, 60)}: ${remark}` });
  }
  for (const key of Object.keys(annotations)) {
    const name = ownName(key);
    if (name === undefined || isNamespaceKey(name)) continue;
    problems.push({
      key: '_unknown',
      message: `${clip(key, 60)}: this key is unknown${suggestion(name, namespaceKeys)}`,
    });
  }
  return problems;
}

function isNamespaceKey(name: string): boolean {
  return (namespaceKeys as readonly string[]).includes(name);
}

function ownName(key: string): string | undefined {
  return key.startsWith(keyPrefix) ? key.slice(keyPrefix.length) : undefined;
}
