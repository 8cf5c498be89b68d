import jsonpatch from 'fast-json-patch';
import { decide } from '../../src/admission/decide.ts';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import { checkPatch } from '../../src/admission/selfCheck.ts';
import { applyChanges } from '../../src/policy/apply.ts';
import { judge } from '../../src/policy/evaluate.ts';
import type { Pod } from '../../src/policy/pod.ts';
import { newestMinor } from '../../src/policy/version.ts';
import { kibibytesOf } from './allocation.ts';
import { podWith, requestOf, restrictedPolicy } from './pods.ts';
import type { Row } from './table.ts';

/** Microseconds per decision, its own check included, for pods of several sizes, and what it allocates. */
export async function measureDecisions(sizes: readonly number[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const containers of sizes) rows.push(await measureSize(containers, restrictedPolicy()));
  return rows;
}

async function measureSize(containers: number, inForce: Policy): Promise<Row> {
  const pod = podWith(containers);
  const request = requestOf(pod);
  const decideChecked = () => {
    const { operations, intended } = decide(request, inForce, { provenance: true });
    if (intended && request.subject) checkPatch(request.subject.pod, operations, intended);
  };
  const { filled } = decide(request, inForce, { provenance: true });
  const cloneAndCompare = () => {
    const clone = structuredClone(pod);
    jsonpatch.compare(pod, applyChanges(clone, filled));
  };
  const { subject } = request;
  const after = applyChanges(pod, filled) as Pod;
  const judgeTwice = () => [subject && judge(subject.pod, newestMinor), judge(after, newestMinor)];
  const [decision = 0, compared = 0, judging = 0] = interleaved([decideChecked, cloneAndCompare, judgeTwice]);
  return {
    containers,
    'pod KiB': JSON.stringify(pod).length / 1024,
    decision,
    judging,
    'clone+compare': compared,
    ratio: decision / compared,
    each: decision / containers,
    'KiB made': await kibibytesOf(decideChecked, Math.ceil(60 / containers)),
  };
}

/** The median microseconds of each task, measured in turns so that a change of the machine's pace meets all alike. */
export function interleaved(tasks: readonly (() => unknown)[], rounds = 15, roundMs = 40): readonly number[] {
  const times = tasks.map((): number[] => []);
  for (const task of tasks) runFor(task, roundMs * 5);
  for (let round = 0; round < rounds; round++) {
    for (const [index, task] of tasks.entries()) times[index]?.push(runFor(task, roundMs));
  }
  return times.map(median);
}

function runFor(task: () => unknown, milliseconds: number): number {
  const end = performance.now() + milliseconds;
  const start = performance.now();
  let runs = 0;
  do {
    task();
    runs++;
  } while (performance.now() < end);
  return ((performance.now() - start) / runs) * 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
