import { type Control, type GivenValues, type Mode, modes } from '../policy/control.ts';
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
  if (profile.controls.includes(control.id)) return true;
  return control.given !== undefined && values[control.given] !== undefined && profile.level !== 'privileged';
}

/** A namespace's comma list of `+name`, `-name` and `name=mode`; a part that makes no sense is left out. */
export function parseControls(text: string, profile: Profile, values: GivenValues): Parsed<ControlChoices> {
  const { added, removed, modes: own, problems } = readChoices(text);
  for (const id of added) {
    if (removed.has(id)) problems.push(`"+${id}" and "-${id}" contradict each other; neither is used`);
    else if (lacksValue(id, values)) problems.push(`"+${id}" needs ${keyPrefix}${keyOf(id)}`);
  }
  const contradicted = new Set([...added].filter((id) => removed.has(id)));
  for (const id of contradicted) {
    added.delete(id);
    removed.delete(id);
  }
  for (const [id, mode] of own) {
    const present =
      added.has(id) || controls.some((control) => control.id === id && takesPart(control, profile, values));
    if (!present) problems.push(`"${id}=${mode}" does nothing in ${profile.name}; add "+${id}"`);
  }
  return { value: { added, removed, modes: own }, problems };
}

/** A pod's own comma list, by which it may only ask for less: `-name`, `name=audit` and `name=warn`. */
export function parsePodChoices(text: string): Parsed<ControlChoices> {
  const { added, removed, modes: own, problems } = readChoices(text);
  for (const id of added) problems.push(`"+${id}" asks for more, which a pod cannot`);
  for (const id of own.keys()) {
    if (own.get(id) !== 'fill') continue;
    problems.push(`"${id}=fill" asks for more, which a pod cannot`);
    own.delete(id);
  }
  return { value: { added: new Set(), removed, modes: own }, problems };
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

const itemForm = /^(?:(?<sign>[+-])\s*(?<signed>[^=]+)|(?<name>[^=+-][^=]*)=(?<mode>[^=]*))$/;

function readChoice(item: string, { added, removed, modes: own, problems }: Choices): void {
  const { sign, signed, name, mode } = itemForm.exec(item)?.groups ?? {};
  const written = signed ?? name;
  if (written === undefined) {
    problems.push(`${quoted(item)} is none of "+control", "-control" and "control=mode"`);
    return;
  }
  const id = findWord(written, controlNames);
  if (id === undefined) {
    problems.push(`${quoted(written)} is no control${suggestion(written, controlNames)}`);
  } else if (mode !== undefined) {
    const { value, problems: sentences } = parseWord(mode, modes, 'audit');
    own.set(id, value);
    problems.push(...sentences);
  } else {
    (sign === '+' ? added : removed).add(id);
  }
}

const controlNames = controls.map(({ id }) => id);

function lacksValue(id: string, values: GivenValues): boolean {
  const given = controls.find((control) => control.id === id)?.given;
  return given !== undefined && values[given] === undefined;
}

/** The annotation that gives a control its value: `runAsUser` is `run-as-user`. */
function keyOf(id: string): string {
  const given = controls.find((control) => control.id === id)?.given ?? id;
  return given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
