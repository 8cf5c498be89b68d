import { findWord, quoted, suggestion } from '../admission/words.ts';
import { explainedMarkdown, explainedPage } from '../output/explainedPage.ts';
import { explainedList, explainedText } from '../output/explainedText.ts';
import { type Explanation, explanationOf } from '../output/explanation.ts';
import { type ColourChoice, createPaint, usesColour } from '../output/paint.ts';
import { controls } from '../policy/controls/index.ts';
import { profiles } from '../policy/profiles.ts';
import type { ExplainOutput } from './explain.ts';
import { processTerminal, type Terminal } from './terminal.ts';

export interface ExplainOptions {
  /** The control or profile; all of them without one. */
  readonly name?: string;
  readonly output: ExplainOutput;
  readonly color: ColourChoice;
}

/** Explains a control or profile, or lists all; the exit status: 0, or 2 when there is none of that name. */
export function explain(options: ExplainOptions, terminal: Terminal = processTerminal()): number {
  if (options.name === undefined) {
    terminal.out(printed(explanationOf(), options, terminal));
    return 0;
  }
  const names = [...new Set([...controls.map(({ id }) => id), ...profiles.map(({ name }) => name)])];
  const name = findWord(options.name, names);
  if (name === undefined) {
    terminal.say(
      `pod-hardener explain: ${quoted(options.name, 40)} is no control or profile${hint(options.name, names)}`,
    );
    terminal.say('Run "pod-hardener explain" for all of them.');
    return 2;
  }
  terminal.out(printed(explanationOf(name), options, terminal));
  return 0;
}

function printed(explanation: Explanation, { name, output, color }: ExplainOptions, terminal: Terminal): string {
  if (output === 'json') return `${JSON.stringify(explanation, null, 2)}\n`;
  if (output === 'markdown') return name === undefined ? explainedPage(explanation) : explainedMarkdown(explanation);
  const paint = createPaint(usesColour(color, terminal));
  if (name !== undefined) return explainedText(explanation, paint);
  return `${explainedList(explanation, paint)}\nRun "pod-hardener explain NAME" for one of them.\n`;
}

/** The names that what was written is a part of, or the one that it is most likely a misspelling of. */
function hint(written: string, names: readonly string[]): string {
  const part = written.trim().toLowerCase();
  const longer = part === '' ? [] : names.filter((name) => name.toLowerCase().includes(part));
  return longer.length > 0
    ? `; did you mean ${longer.map((name) => `"${name}"`).join(' or ')}?`
    : suggestion(written, names);
}
