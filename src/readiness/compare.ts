import { entryOf, sortedEntries } from '../policy/entry.ts';
import type { Change } from '../policy/harden.ts';
import type { Workload } from './observed.ts';
import type { NamespaceReadiness, ShapeReadiness, Standing } from './readiness.ts';

/** What one of two policies says of the pods of a shape. */
export interface Side {
  readonly standing: Standing;
  /** The fields that it fills, each with its value: `web/runAsNonRoot=true`. */
  readonly fills: readonly string[];
  /** What would still stand in the way. */
  readonly remaining: readonly string[];
}

/** Pods of one shape for which two policies differ. */
export interface Difference {
  readonly namespace: string;
  readonly workload: Workload;
  readonly pods: number;
  /** The name of one of the pods. */
  readonly example: string;
  readonly before: Side;
  readonly after: Side;
}

/** The pods whose fills, standing, or what remains differ between two assessments of the same namespaces. */
export function differencesIn(
  before: readonly NamespaceReadiness[],
  after: readonly NamespaceReadiness[],
): readonly Difference[] {
  const others = new Map(
    after.flatMap(({ workloads }) => workloads.flatMap(({ shapes }) => shapes)).map((one) => [one.shape, one]),
  );
  return before.flatMap(({ name, workloads }) =>
    workloads.flatMap(({ workload, shapes }) =>
      shapes.flatMap((one): readonly Difference[] => {
        const other = others.get(one.shape);
        if (!other) return [];
        const { pods, example } = one.shape;
        const [from, to] = [sideOf(one), sideOf(other)];
        if (JSON.stringify(from) === JSON.stringify(to)) return [];
        return [{ namespace: name, workload, pods, example, before: from, after: to }];
      }),
    ),
  );
}

function sideOf({ standing, filled, remaining }: ShapeReadiness): Side {
  return {
    standing,
    fills: sortedEntries(filled.map(fillText)),
    remaining: remaining.map(({ reason, detail }) => `${reason} (${detail})`),
  };
}

function fillText(change: Change): string {
  return `${entryOf(change)}=${JSON.stringify(change.value)}`;
}
