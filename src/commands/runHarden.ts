import { summaryLine } from '../output/summary.ts';
import { oneLine } from '../policy/text.ts';
import type { HardenOutput } from './harden.ts';
import { hardenedOutput } from './hardenOutput.ts';
import type { InputOptions } from './input.ts';
import type { PlannedFile } from './plan.ts';
import { readInput } from './readInput.ts';
import { save } from './save.ts';
import { expectManifestError } from './sources.ts';
import { processTerminal, type Terminal } from './terminal.ts';

export interface HardenOptions extends InputOptions {
  /** Whether the files themselves are written, instead of standard output. */
  readonly inPlace: boolean;
  /** What is printed; without it, the manifests as their authors wrote them, with the fields filled in. */
  readonly output?: HardenOutput;
}

/** Hardens the input; the exit status: 0 when all was done, else 2. */
export async function harden(options: HardenOptions, terminal: Terminal = processTerminal()): Promise<number> {
  const { files, complete } = await readInput(options, terminal);
  const { done, all } = options.inPlace
    ? await saveAll(files, terminal)
    : { done: files, all: print(files, options, terminal) };
  if (done.length > 0) terminal.say(summaryLine(done.flatMap(({ outcomes }) => outcomes)));
  return complete && all ? 0 : 2;
}

/** Whether all could be printed. */
function print(files: readonly PlannedFile[], { output }: HardenOptions, { out, say }: Terminal): boolean {
  const { text, complete } = hardenedOutput(files, output, (line) => say(oneLine(line)));
  out(text);
  return complete;
}

interface Saved {
  /** The files that are now as they should be. */
  readonly done: readonly PlannedFile[];
  /** Whether all could be written that was to be. */
  readonly all: boolean;
}

/** Writes the files that change, but none that could be read only in part. */
async function saveAll(files: readonly PlannedFile[], terminal: Terminal): Promise<Saved> {
  const say = (line: string) => terminal.say(oneLine(line));
  const done: PlannedFile[] = [];
  let all = true;
  for (const file of files) {
    const { source, text, problems } = file;
    if (source.path === undefined || source.text === text) {
      done.push(file);
      continue;
    }
    if (problems.length > 0) {
      say(`note: ${source.path} is not written, because of its errors`);
      continue;
    }
    try {
      await save(source.path, text, source.text);
      say(`${source.path}: hardened`);
      done.push(file);
    } catch (error) {
      all = false;
      say(`error: ${expectManifestError(error).message}`);
    }
  }
  return { done, all };
}
