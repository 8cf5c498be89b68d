import { buffer } from 'node:stream/consumers';
import { wantsNoColour } from './environment.ts';

/** Where a command reads and writes. */
export interface Terminal {
  readonly out: (text: string) => void;
  /** Writes a line of diagnosis. */
  readonly say: (line: string) => void;
  readonly readStdin: () => Promise<Uint8Array>;
  readonly isTerminal: boolean;
  readonly noColour: boolean;
}

/** The console of this process. That whoever reads the output has gone away is no failure. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', tolerateClosedPipe);
  return {
    out: (text) => void process.stdout.write(text),
    say: (line) => void process.stderr.write(`${line}\n`),
    readStdin: () => buffer(process.stdin),
    isTerminal: process.stdout.isTTY === true,
    noColour: wantsNoColour(),
  };
}

function tolerateClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
