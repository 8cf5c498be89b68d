import { type Control, type GivenValues, type Mode, milder, modes } from '../policy/control.ts';
import { controls } from '../policy/controls/index.ts';
import type { Profile } from '../policy/profiles.ts';
import { keyPrefix } from './keys.ts';
import { listItems, parseWord } from './values.ts';
import { findWord, type Parsed, quoted, suggestion } from './words.ts';

/** What a `controls` annotation says: controls taken out of the profile or added to it, and modes of their own. */
export interface ControlChoices {
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  readonly modes: ReadonlyMap<string, Mode>;
}

export const noChoices: ControlChoices = { added: new Set(), removed: new Set(), modes: new Map() };

/** Whether the control takes part without being asked for by name. */
export function takesPart(control: Control, profile: Profile, values: GivenValues): boolean {
  if (profile.controls.includes(control.id)) return !lacksValue(control, values);
  return control.given !== undefined && values[control.given] !== undefined && profile.level !== 'privileged';
}

/** A namespace's comma list of `+name`, `-name` and `name=mode`; a part that makes no sense is left out. */
export function parseControls(text: string, profile: Profile, values: GivenValues): Parsed<ControlChoices> {
  const { added, removed, modes: own, problems } = readChoices(text);
  const isIn = (one: Control) => !removed.has(one.id) && (added.has(one.id) || takesPart(one, profile, values));
  for (const control of controls) {
    const { id } = control;
    const asked = added.has(id) ? `+${id}` : own.has(id) ? `${id}=${own.get(id)}` : undefined;
    if (asked === undefined) continue;
    if (removed.has(id)) {
      problems.push(`"${asked}" and "-${id}" contradict each other; neither is used`);
      for (const choices of [added, removed, own]) choices.delete(id);
      continue;
    }
    // What is filled beside another control needs no value for that, and is filled in a mode of its own.
    if (!added.has(id) && controls.some((one) => one.id === control.beside && isIn(one))) continue;
    if (lacksValue(control, values)) {
      problems.push(`"${asked}" needs ${keyOf(control)}`);
    } else if (!added.has(id) && !takesPart(control, profile, values)) {
      problems.push(`"${asked}" does nothing in ${profile.name}; add "+${id}"`);
    }
  }
  return { value: { added, removed, modes: own }, problems };
}

/** A pod's own comma list, by which it may only ask for less: `-name`, `name=audit` and `name=warn`. */
export function parsePodChoices(text: string): Parsed<ControlChoices> {
  const { added, removed, modes: own, problems } = readChoices(text);
  const more = [
    ...[...added].map((id) => `+${id}`),
    ...[...own].filter(([, mode]) => mode === 'fill').map(([id]) => `${id}=fill`),
  ];
  problems.push(...more.map((item) => `"${item}" asks for more, which a pod cannot`));
  return { value: { added, removed, modes: own }, problems };
}

/** The same list where it describes a profile: what it takes from the profile that it extends, and adds. */
export function parseChoices(text: string): Parsed<ControlChoices> {
  const { added, removed, modes: own, problems } = readChoices(text);
  return { value: { added, removed, modes: own }, problems };
}

interface Choices {
  readonly added: Set<string>;
  readonly removed: Set<string>;
  readonly modes: Map<string, Mode>;
  readonly problems: string[];
}

function readChoices(text: string): Choices {
  const choices: Choices = { added: new Set(), removed: new Set(), modes: new Map(), problems: [] };
  for (const item of listItems(text)) readChoice(item, choices);
  return choices;
}

function readChoice(item: string, { added, removed, modes: own, problems }: Choices): void {
  const sign = item.startsWith('+') || item.startsWith('-') ? item[0] : undefined;
  const [written = '', mode, ...rest] = (sign === undefined ? item : item.slice(1)).split('=');
  if (written.trim() === '' || rest.length > 0 || (sign === undefined) !== (mode !== undefined)) {
    problems.push(`${quoted(item, 40)} is none of "+control", "-control" and "control=mode"`);
    return;
  }
  const id = findWord(written, controlNames);
  if (id === undefined) {
    problems.push(`${quoted(written, 40)} is no control${suggestion(written, controlNames)}`);
  } else if (mode !== undefined) {
    const { value, problems: sentences } = parseWord(mode, modes, 'audit');
    problems.push(...sentences.map((sentence) => `${id}: ${sentence}`));
    const earlier = own.get(id);
    if (earlier !== undefined && earlier !== value) problems.push(`${id} has two modes; the milder one is used`);
    own.set(id, earlier === undefined ? value : milder(earlier, value));
  } else {
    (sign === '+' ? added : removed).add(id);
  }
}

const controlNames = controls.map(({ id }) => id);

/** Whether the control waits for a value that the administrator has not given. */
export function lacksValue({ given }: Control, values: GivenValues): boolean {
  return given !== undefined && values[given] === undefined;
}

/** The annotation that gives a control its value: `pod-hardener.io/run-as-user` for `runAsUser`. */
export function keyOf({ id, given }: Control): string {
  return keyPrefix + (given ?? id).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
