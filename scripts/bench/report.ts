import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { type Row, tableOf } from './table.ts';

/** Where a benchmark leaves what it measured, for people on stdout and for programs in a file. */
export interface Report {
  /** Prints a table under a title, and notes it. */
  table(title: string, rows: readonly Row[]): void;
  /** Writes the file that has all of it, and more that only programs want. */
  save(more?: Readonly<Record<string, unknown>>): Promise<void>;
}

/** A report that begins with the machine that it is made on. */
export function createReport(name: string): Report {
  const file = `.bench/${name}.json`;
  const machine = {
    node: process.version,
    system: `${process.platform} ${release()} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    processors: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  const { node, system, processor, processors, memoryGiB } = machine;
  console.log(`Node ${node} on ${system}, ${processors} x ${processor}, ${memoryGiB} GiB`);
  const tables: { readonly title: string; readonly rows: readonly Row[] }[] = [];
  return {
    table(title, rows) {
      tables.push({ title, rows });
      console.log(`\n${title}\n`);
      for (const line of tableOf(rows)) console.log(`  ${line}`);
    },
    async save(more = {}) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${JSON.stringify({ machine, tables, ...more }, null, 2)}\n`);
      console.log(`\nThe same in ${file}`);
    },
  };
}
