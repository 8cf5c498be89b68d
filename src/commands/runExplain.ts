import { keys } from '../admission/keyMeanings.ts';
import { keyPrefix } from '../admission/keys.ts';
import { findWord, quoted, suggestion } from '../admission/words.ts';
import { explainedMarkdown, explainedPage } from '../output/explainedPage.ts';
import { explainedList, explainedText } from '../output/explainedText.ts';
import { type Explanation, explanationOf } from '../output/explanation.ts';
import { lastKeyOf, ownersOf } from '../output/fieldOwners.ts';
import { type ColourChoice, createPaint, usesColour } from '../output/paint.ts';
import { wrap } from '../output/wrap.ts';
import { calledAs } from './calledAs.ts';
import type { ExplainOutput } from './explain.ts';
import { processTerminal, type Terminal, widthOf } from './terminal.ts';
import { topics } from './topics.ts';

export interface ExplainOptions {
  /** What to explain, as it was written; everything without it. */
  readonly name?: string;
  readonly output: ExplainOutput;
  readonly color: ColourChoice;
}

/** Explains what is named, or lists all there is; the exit status: 0, or 2 when there is nothing of that name. */
export function explain(options: ExplainOptions, terminal: Terminal = processTerminal()): number {
  const { name } = options;
  if (name === undefined) {
    terminal.out(printed(explanationOf(), options, terminal));
    return 0;
  }
  const meant = meantBy(name);
  const [topic] = meant;
  if (topic !== undefined && meant.length === 1) {
    terminal.out(printed(explanationOf(topic), options, terminal));
    return 0;
  }
  const problem =
    topic === undefined
      ? `is no control, profile, reason, key or field that is known${hint(name)}`
      : `holds fields of several controls; did you mean ${oneOf(meant)}?`;
  terminal.say(`${calledAs()} explain: ${quoted(name, 80)} ${problem}`);
  terminal.say(`Run "${calledAs()} explain" for all of them.`);
  return 2;
}

function printed(explanation: Explanation, { name, output, color }: ExplainOptions, terminal: Terminal): string {
  if (output === 'json') return `${JSON.stringify(explanation, null, 2)}\n`;
  if (output === 'markdown') return name === undefined ? explainedPage(explanation) : explainedMarkdown(explanation);
  const [paint, width] = [createPaint(usesColour(color, terminal)), widthOf(terminal)];
  if (name !== undefined) return explainedText(explanation, paint, width);
  const one = `Run "${calledAs()} explain NAME" for one of them`;
  const further = `${one}, or for the control of a field, such as securityContext.runAsNonRoot.`;
  return `${explainedList(explanation, paint, width)}\n${wrap(further, '', '', width)}\n`;
}

/** The topics that are meant: one by its name, keys without their prefix too, or those that a field belongs to. */
function meantBy(written: string): readonly string[] {
  const named = findWord(written, topics) ?? findWord(keyPrefix + written.trim(), topics);
  return named === undefined ? ownersOf(written) : [named];
}

/** The topics that what was written is a part of, or the one that it is most likely a misspelling of. */
function hint(written: string): string {
  const part = written.trim().toLowerCase();
  const longer = part === '' ? [] : topics.filter((name) => name.toLowerCase().includes(part));
  if (longer.length > 0) return `; did you mean ${oneOf(longer)}?`;
  const shortKeys = keys.map(({ name }) => name.slice(keyPrefix.length));
  const known = [...topics, ...shortKeys];
  return suggestion(written, known) || suggestion(lastKeyOf(written) ?? written, known);
}

function oneOf(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' or ');
}
