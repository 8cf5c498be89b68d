import { type ChildProcess, spawn } from 'node:child_process';
import { until } from './until.ts';

export interface RunningProcess {
  readonly pid: number | undefined;
  /** Everything it has written to stdout and stderr so far. */
  output(): string;
  /** Its exit code, or the name of the signal that ended it; pending while it runs. */
  readonly ended: Promise<number | string>;
  hasEnded(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and answers as `ended` does. A process that lives so many seconds longer, ten by default, is killed. */
  stop(signal?: NodeJS.Signals, patience?: number): Promise<number | string>;
}

export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Is told of everything that it writes, of which `output` keeps the beginning only then. */
  readonly hear?: (text: string) => void;
}

export interface ProcessesOptions {
  /** Whether a Ctrl-C in the terminal is kept from them. */
  readonly detached?: boolean;
}

export interface Processes {
  start(command: string, args: readonly string[], options?: StartOptions): RunningProcess;
  /** Ends what is still running, at once and without waiting: good enough for an exit handler. */
  killAll(): void;
}

const beginning = 100;

/** Waits as `until` does, but for no program that has ended. Throws with the end of what the program wrote. */
export async function untilReady(
  what: string,
  running: RunningProcess,
  ask: () => Promise<unknown>,
  seconds?: number,
): Promise<void> {
  const isReady = async () => running.hasEnded() || Boolean(await ask());
  const failure = await until(what, isReady, seconds).then(
    async () => (running.hasEnded() ? `not: ${what}; the program ended with ${await running.ended}` : undefined),
    (error: Error) => error.message,
  );
  if (failure !== undefined) throw new Error(`${failure}\n${running.output().slice(-3_000)}`);
}

/** Starts child processes and remembers them, so that none of them outlives this one. */
export function createProcesses({ detached = false }: ProcessesOptions = {}): Processes {
  const running = new Set<ChildProcess>();
  return {
    start(command, args, { env = process.env, hear } = {}) {
      const child = spawn(command, args, { env, detached, stdio: ['ignore', 'pipe', 'pipe'] });
      running.add(child);
      const chunks: string[] = [];
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          hear?.(text);
          if ((hear === undefined && !detached) || chunks.length < beginning) chunks.push(text);
        });
      }
      const ended = new Promise<number | string>((resolve) => {
        child.once('error', (error) => resolve(error.message));
        child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
      });
      ended.finally(() => running.delete(child));
      return {
        pid: child.pid,
        output: () => chunks.join(''),
        ended,
        hasEnded: () => !running.has(child),
        signal: (signal) => void child.kill(signal),
        stop: (signal, patience) => stop(child, ended, signal, patience),
      };
    },
    killAll() {
      for (const child of running) child.kill('SIGKILL');
    },
  };
}

async function stop(
  child: ChildProcess,
  ended: Promise<number | string>,
  signal: NodeJS.Signals = 'SIGTERM',
  patience = 10,
) {
  child.kill(signal);
  const lastResort = setTimeout(() => child.kill('SIGKILL'), patience * 1000);
  return ended.finally(() => clearTimeout(lastResort));
}
