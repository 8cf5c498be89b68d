import type { Log } from './log.ts';

/**
 * Resolves with the exit code once the process is told to end, or once a fault has left it in an unknown state. What
 * comes after that ends the process at once.
 */
export function endOfProcess(log: Log): Promise<number> {
  return new Promise((resolve) => {
    let ending = false;
    const end = (code: number) => {
      if (ending) process.exit(1);
      ending = true;
      resolve(code);
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0));
    for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(fault, (error: unknown) => {
        log('error', 'A fault of this program: it drains and ends.', {
          error: error instanceof Error ? error.stack : String(error),
        });
        if (!ending) end(1);
      });
    }
  });
}
