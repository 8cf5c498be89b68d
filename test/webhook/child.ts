import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '../kubernetes/poll.ts';
import { programArgs } from '../program.ts';
import type { Server } from './client.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export type LogLine = Readonly<Record<string, unknown>>;

/** `pod-hardener serve` in a process of its own. */
export interface ServeProcess {
  readonly child: ChildProcess;
  /** What it has written to stderr so far. */
  readonly text: () => string;
  /** The lines of its log so far. Throws for a line that is not JSON. */
  readonly log: () => readonly LogLine[];
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** One that listens. */
export interface ListeningProcess extends ServeProcess, Server {
  /** Status and text of a page of the plain port. */
  readonly page: (path: string) => Promise<{ readonly status: number; readonly text: string }>;
}

/** What runs the command: options of Node and the file, and more variables of the environment. */
export interface Runtime {
  readonly node: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the command with these options. A `fault` is code that the process runs on the signal SIGUSR2. */
export function startServe(
  args: readonly string[],
  fault?: string,
  runtime: Runtime = { node: programArgs() },
): ServeProcess {
  const { node, env } = runtime;
  const faults = fault === undefined ? [] : ['--import', `data:text/javascript,process.on("SIGUSR2",()=>{${fault}})`];
  const child = spawn(process.execPath, [...faults, ...node, 'serve', ...args], {
    cwd: root,
    env: { ...neutralEnv(), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const lines = () =>
    text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1);
  return {
    child,
    text: () => text,
    log: () => lines().map((line) => JSON.parse(line) as LogLine),
    ended: once(child, 'close').then(([code, signal]) => code ?? signal),
  };
}

/** Resolves when the process listens. `caCert` is the one that it made in memory, if it did. */
export async function listening(process: ServeProcess): Promise<ListeningProcess> {
  const line = (message: string) => process.log().find((one) => one.message === message);
  await until('it listens', () => line('Listening.') !== undefined || process.child.exitCode !== null, 18_000);
  const { mutate, metrics } = line('Listening.') ?? {};
  if (mutate === undefined) throw new Error(`it does not listen:\n${process.text()}`);
  const { caBundle = '' } = line('A certificate was made in memory; clients need this caBundle.') ?? {};
  return {
    ...process,
    port: Number(new URL(String(mutate)).port),
    caCert: Buffer.from(String(caBundle), 'base64').toString(),
    async page(path) {
      const response = await fetch(new URL(path, String(metrics)));
      return { status: response.status, text: await response.text() };
    },
  };
}

/** The environment of this process without what would be options of the program. */
export function neutralEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PODHARDENER_')));
}
