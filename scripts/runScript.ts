import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The signals that end a script, and the codes that it ends with then. */
export const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Lets signals end this process by way of its handlers of the exit, where what was started is ended and removed. */
export function exitOnSignals(): void {
  for (const [signal, code] of Object.entries(signalCodes)) process.once(signal, () => process.exit(code));
}

/**
 * Runs `main` with the arguments of this process, in the root of the working copy, and lets the process end with the
 * code that it answers with. An error is said in a line, and ends it with 1. Who asks for help gets that alone.
 */
export async function runScript(
  help: string,
  say: (line: string) => void,
  main: (args: readonly string[]) => Promise<number>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(help);
    return;
  }
  process.chdir(root);
  process.exitCode = await main(args).catch((error: Error) => {
    say(error.message);
    return 1;
  });
}
