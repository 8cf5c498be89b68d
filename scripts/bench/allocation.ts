import { PerformanceObserver } from 'node:perf_hooks';
import { median } from './decisions.ts';

/** The KiB that a task allocates, the median of rounds in which no garbage was collected. */
export async function kibibytesOf(task: () => unknown, runs: number, rounds = 30): Promise<number> {
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ['gc'] });
  const sizes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = { collections, used: process.memoryUsage().heapUsed };
    for (let run = 0; run < runs; run++) task();
    const used = process.memoryUsage().heapUsed;
    // The observer is told in a turn of its own.
    await new Promise((resolve) => setImmediate(resolve));
    if (collections === before.collections && used > before.used) sizes.push((used - before.used) / runs / 1024);
  }
  observer.disconnect();
  return median(sizes);
}
