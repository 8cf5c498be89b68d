import { unifiedDiff } from '../output/diff.ts';
import { type ColourChoice, createPaint, type Paint, usesColour } from '../output/paint.ts';
import { previewReport } from '../output/previewReport.ts';
import { outcomeLines, summaryLine } from '../output/summary.ts';
import type { InputOptions } from './input.ts';
import type { PlannedFile } from './plan.ts';
import type { PreviewOutput } from './preview.ts';
import { readInput } from './readInput.ts';
import { processTerminal, type Terminal, widthOf } from './terminal.ts';

export interface PreviewOptions extends InputOptions {
  /** By default text. */
  readonly output?: PreviewOutput;
  readonly color: ColourChoice;
}

/** Shows what hardening the input would change; the exit status: 0 when all could be read, else 2. */
export async function preview(options: PreviewOptions, terminal: Terminal = processTerminal()): Promise<number> {
  const { files, complete } = await readInput(options, terminal);
  print(files, options, terminal);
  return complete ? 0 : 2;
}

function print(files: readonly PlannedFile[], { output = 'text', color }: PreviewOptions, terminal: Terminal): void {
  const outcomes = files.flatMap(({ source, outcomes }) => outcomes.map((one) => ({ ...one, file: source.name })));
  if (output === 'json') {
    terminal.out(`${JSON.stringify(previewReport(outcomes), null, 2)}\n`);
    return;
  }
  const paint = createPaint(usesColour(color, terminal));
  for (const file of files) {
    terminal.out(unifiedDiff(file.source.name, file.source.text, file.text, paint));
    if (output === 'text') terminal.out(remarksOn(file, paint, widthOf(terminal)));
  }
  if (files.length === 0) return;
  if (output === 'text') terminal.out(`${summaryLine(outcomes)}\n`);
  else terminal.say(summaryLine(outcomes));
}

/** What became of the file's templates; nothing for a file without any. */
function remarksOn({ source, text, outcomes }: PlannedFile, paint: Paint, width: number): string {
  if (outcomes.length === 0) return '';
  const lines = outcomes.flatMap((outcome) => outcomeLines(outcome, paint, width));
  return `${source.text === text ? '' : '\n'}${lines.join('\n')}\n\n`;
}
