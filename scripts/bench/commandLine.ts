import { spawnSync } from 'node:child_process';
import { median } from './decisions.ts';
import type { Row } from './table.ts';

/** Milliseconds from the start of the program to its end, beside Node doing nothing; the median of the rounds, in turns. */
export function measureCommands(program: string, manifest: string, rounds = 9): readonly Row[] {
  const commands: readonly (readonly [string, readonly string[]])[] = [
    ['node, doing nothing', ['-e', '0']],
    ['pod-hardener --version', [program, '--version']],
    ['pod-hardener check, one file', [program, 'check', '-p', 'restricted', manifest]],
    ['pod-hardener harden, one file', [program, 'harden', '-p', 'restricted', manifest]],
  ];
  const times = commands.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, args]] of commands.entries()) times[index]?.push(timeOf(args));
  }
  return commands.map(([command], index) => ({ command, 'start to end ms': median(times[index] ?? []) }));
}

function timeOf(args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  // A check that finds something ends with 1.
  if (status !== 0 && status !== 1) throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return performance.now() - started;
}
