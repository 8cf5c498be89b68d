import { wrap } from '../output/wrap.ts';
import { wantsNoColour } from './environment.ts';
import { readBytes } from './sources.ts';

/** Where a command reads and writes. */
export interface Terminal {
  readonly out: (text: string) => void;
  /** Writes a line of diagnosis. */
  readonly say: (line: string) => void;
  readonly readStdin: () => Promise<Uint8Array>;
  readonly isTerminal: boolean;
  readonly noColour: boolean;
  /** How many characters fit in a line of the terminal; absent where there is none. */
  readonly columns?: number;
  /** Shows a text that is replaced by the next one; absent where nobody would see it. */
  readonly showPassing?: (text: string) => void;
  /** Milliseconds since some moment; by default of this process's clock. */
  readonly now?: () => number;
}

/** So many columns are used at most, since longer lines are hard to read. */
const widest = 80;

/** Below this, lines are left to the terminal to break. */
const narrowest = 40;

/** How long lines may be that are written for people. */
export function widthOf({ columns = widest }: Pick<Terminal, 'columns'>): number {
  return Math.max(narrowest, Math.min(widest, columns));
}

/** A stream that may be a terminal, and how many characters then fit in a line of it. */
export type Screen = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;

/** The text as it is shown there: on a terminal in lines that fit, elsewhere as it is, for programs to read. */
export function shownOn({ isTTY, columns }: Screen, text: string): string {
  if (!isTTY) return text;
  const lines = text.split('\n').map((line) => wrap(line, '', '  ', widthOf({ columns })));
  return lines.join('\n');
}

/** The console of this process. */
export function processTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(text),
    say: (line) => void process.stderr.write(`${shownOn(process.stderr, line)}\n`),
    readStdin: () => readBytes(process.stdin),
    isTerminal: process.stdout.isTTY === true,
    noColour: wantsNoColour(),
    ...(process.stdout.isTTY && { columns: process.stdout.columns }),
    ...(process.stderr.isTTY && { showPassing: (text) => void process.stderr.write(`\r\u001b[K${text}`) }),
  };
}
