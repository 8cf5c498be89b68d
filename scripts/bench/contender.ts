import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { neutralEnv } from '../../test/webhook/child.ts';

/** A server under measurement, in a process of its own. */
export interface Contender {
  readonly mutate: string;
  readonly metrics?: string;
  /** What its clients must trust, where it says so. */
  readonly ca?: string;
  /** Milliseconds from the start of the process to its first word that it listens. */
  readonly startMs: number;
  readonly pid: number | undefined;
  readonly stop: () => Promise<void>;
}

export interface ContenderOptions {
  /** Whether it is kept on one processor, where that can be asked for. */
  readonly pinned?: boolean;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Starts Node with these arguments, and waits until the program says where it listens. */
export async function startContender(
  args: readonly string[],
  { pinned = true, env = {} }: ContenderOptions = {},
): Promise<Contender> {
  const started = performance.now();
  const command = [...(pinned ? pinnedTo(0) : []), process.execPath, ...args];
  const child = spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...neutralEnv(), ...env },
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    const { mutate, metrics, ca } = parse(line);
    if (mutate === undefined) continue;
    child.stderr.resume();
    const startMs = performance.now() - started;
    return {
      mutate,
      ...(metrics && { metrics }),
      ...(ca && { ca }),
      startMs,
      pid: child.pid,
      stop: () => stop(child),
    };
  }
  throw new Error(`${args.join(' ')} did not start:\n${lines.join('\n')}`);
}

/** The prefix of a command that keeps it on one processor; empty where the system has none. */
export function pinnedTo(processor: number): readonly string[] {
  return spawnSync('taskset', ['-c', String(processor), 'true']).status === 0
    ? ['taskset', '-c', String(processor)]
    : [];
}

function parse(line: string): { readonly mutate?: string; readonly metrics?: string; readonly ca?: string } {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
