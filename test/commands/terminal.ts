import type { Terminal } from '../../src/commands/terminal.ts';

/** What a command wrote: its output, and its lines of diagnosis. */
export interface Written {
  out: string;
  readonly said: string[];
}

/** What may be otherwise than where nobody watches and colours are left to the command. */
export type TerminalOptions = Partial<Omit<Terminal, 'out' | 'say'>>;

/** A terminal that has this on its standard input, and keeps what is written to it. */
export function fakeTerminal(stdin = '', options: TerminalOptions = {}) {
  const written: Written = { out: '', said: [] };
  const terminal: Terminal = {
    out: (text) => {
      written.out += text;
    },
    say: (line) => void written.said.push(line),
    readStdin: async () => Buffer.from(stdin),
    isTerminal: false,
    noColour: false,
    ...options,
  };
  return { terminal, written };
}
