import { unifiedDiff } from '../output/diff.ts';
import { type ColourChoice, createPaint, type Paint, usesColour } from '../output/paint.ts';
import { outcomeLines, summaryLine } from '../output/summary.ts';
import type { InputOptions } from './input.ts';
import type { PlannedFile } from './plan.ts';
import { readInput } from './readInput.ts';
import { processTerminal, type Terminal } from './terminal.ts';

export interface PreviewOptions extends InputOptions {
  readonly color: ColourChoice;
}

/** Shows what hardening the input would change; the exit status: 0 when all could be read, else 2. */
export async function preview(options: PreviewOptions, terminal: Terminal = processTerminal()): Promise<number> {
  const paint = createPaint(usesColour(options.color, terminal));
  const { files, complete } = await readInput(options, terminal);
  for (const file of files) terminal.out(previewOf(file, paint));
  if (files.length > 0) terminal.out(`${summaryLine(files.flatMap(({ outcomes }) => outcomes))}\n`);
  return complete ? 0 : 2;
}

/** The file's diff, then its templates; nothing for a file without templates. */
function previewOf({ source, text, outcomes }: PlannedFile, paint: Paint): string {
  const diff = unifiedDiff(source.name, source.text, text, paint);
  const lines = outcomes.flatMap((outcome) => outcomeLines(outcome, paint));
  return diff + (lines.length > 0 ? `${diff && '\n'}${lines.join('\n')}\n\n` : '');
}
