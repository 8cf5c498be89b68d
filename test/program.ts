import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a run of the program wrote, and its exit status. */
export interface Ran {
  readonly out: string;
  readonly said: string;
  readonly status: number | null;
}

/** The program that was built for all tests of this run, see hooks.ts; undefined where a file of tests runs alone. */
export function sharedProgram(): string | undefined {
  return process.env.POD_HARDENER_TEST_PROGRAM;
}

/** The arguments with which Node starts the program: the one that was built for this run, else the source. */
export function programArgs(): readonly string[] {
  const built = sharedProgram();
  return built === undefined ? ['--import=tsx', `${root}src/main.ts`] : [built];
}

/** Starts the program in the root of the working copy. */
export function startProgram(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  return spawn(process.execPath, [...programArgs(), ...args], { cwd: root, env });
}

/** Runs the program with this on its standard input. */
export async function runProgram(args: readonly string[], stdin = '', env?: NodeJS.ProcessEnv): Promise<Ran> {
  const child = startProgram(args, env);
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  // It may end without having read all of it.
  child.stdin.on('error', () => {}).end(stdin);
  const [out, said, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, said, status };
}

/** The words with which a shell starts the program. */
export function programInShell(): string {
  return [process.execPath, ...programArgs()].map((word) => `'${word}'`).join(' ');
}
