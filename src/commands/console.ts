import { buffer } from 'node:stream/consumers';

/** Where a command reads and writes. */
export interface Console {
  readonly out: (text: string) => void;
  /** Writes a line of diagnosis. */
  readonly say: (line: string) => void;
  readonly readStdin: () => Promise<Uint8Array>;
  readonly isTerminal: boolean;
  readonly noColour: boolean;
}

/** The console of this process. That whoever reads the output has gone away is no failure. */
export function processConsole({ noColour }: { readonly noColour: boolean }): Console {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', tolerateClosedPipe);
  return {
    out: (text) => void process.stdout.write(text),
    say: (line) => void process.stderr.write(`${line}\n`),
    readStdin: () => buffer(process.stdin),
    isTerminal: process.stdout.isTTY === true,
    noColour,
  };
}

function tolerateClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
