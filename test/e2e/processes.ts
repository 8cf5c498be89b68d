import { type ChildProcess, spawn } from 'node:child_process';

export interface RunningProcess {
  readonly pid: number | undefined;
  /** Everything it has written to stdout and stderr so far. */
  output(): string;
  /** Its exit code, or the name of the signal that ended it; pending while it runs. */
  readonly ended: Promise<number | string>;
  /** Sends the signal and answers as `ended` does. A process that lives ten seconds longer is killed. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

export interface Processes {
  start(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): RunningProcess;
  /** Ends what is still running, at once and without waiting: good enough for an exit handler. */
  killAll(): void;
}

/** Starts child processes and remembers them, so that none of them outlives this one. */
export function createProcesses(): Processes {
  const running = new Set<ChildProcess>();
  return {
    start(command, args, env = process.env) {
      const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      running.add(child);
      const chunks: string[] = [];
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
      }
      const ended = new Promise<number | string>((resolve) => {
        child.once('error', (error) => resolve(error.message));
        child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
      });
      ended.finally(() => running.delete(child));
      return { pid: child.pid, output: () => chunks.join(''), ended, stop: (signal) => stop(child, ended, signal) };
    },
    killAll() {
      for (const child of running) child.kill('SIGKILL');
    },
  };
}

async function stop(child: ChildProcess, ended: Promise<number | string>, signal: NodeJS.Signals = 'SIGTERM') {
  child.kill(signal);
  const lastResort = setTimeout(() => child.kill('SIGKILL'), 10_000);
  return ended.finally(() => clearTimeout(lastResort));
}
