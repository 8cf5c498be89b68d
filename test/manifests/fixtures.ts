import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PlannedFile, planFiles } from '../../src/commands/plan.ts';

/** A manifest as its author wrote it, and as it has to come out. */
export interface Fixture {
  readonly name: string;
  readonly input: string;
  readonly expected: string;
}

/** All pairs of `x.yaml` and `x.expected.yaml` for a profile; throws when one half of a pair is missing. */
export function readFixtures(profile: string): readonly Fixture[] {
  const folder = join(import.meta.dirname, '../fixtures', profile);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const names = readdirSync(folder).filter((name) => !name.includes('.expected.'));
  return names.map((name) => ({
    name,
    input: read(name),
    expected: read(name.replace(/\.(\w+)$/, '.expected.$1')),
  }));
}

/** What becomes of one text under a profile. */
export function planText(text: string, profile = 'restricted'): PlannedFile {
  const [file] = planFiles([{ name: 'test.yaml', text }], { records: [], profile });
  if (!file) throw new Error('nothing was planned');
  return file;
}

/** The lines of the result without those of the input, which must all be there in their order; else undefined. */
export function addedLines(input: string, result: string): readonly string[] | undefined {
  const kept = input.split('\n');
  const added: string[] = [];
  let next = 0;
  for (const line of result.split('\n')) {
    if (next < kept.length && line === kept[next]) next++;
    else added.push(line);
  }
  return next === kept.length ? added : undefined;
}
