import { oneLine } from '../policy/text.ts';
import type { Difference, Side } from '../readiness/compare.ts';
import { workloadName } from '../readiness/workloadName.ts';
import type { Paint } from './paint.ts';
import { count } from './summary.ts';
import { wrap } from './wrap.ts';

/** Two policies, as they were asked for, and the pods for which they differ. */
export interface PolicyDiff {
  /** `restricted@v1.34` */
  readonly before: string;
  readonly after: string;
  readonly differences: readonly Difference[];
  /** How many pods were looked at, and what they are. */
  readonly pods: number;
  readonly thing: 'pod' | 'template';
}

/** What `report --diff -o json` prints. Other programs read it: members may be added, but none renamed or taken away. */
export function policyDiffReport({ before, after, differences, pods }: PolicyDiff): object {
  return {
    apiVersion: 'pod-hardener.io/v1alpha1',
    kind: 'PolicyDiff',
    before,
    after,
    pods,
    differences: differences.map(({ workload: { apiVersion, kind, name }, ...difference }) => ({
      ...difference,
      workload: { apiVersion, kind, name },
    })),
  };
}

/** The differences as a table: below each workload, what one policy has (`-`) and the other one has (`+`). */
export function policyDiffTable(diff: PolicyDiff, paint: Paint, width?: number): string {
  const { before, after, differences, thing, pods } = diff;
  const sections = differences.map(({ namespace, workload, pods: number, before: from, after: to }) => {
    const title = `${namespace && `${namespace}  `}${workloadName(workload)}, ${count(number, thing)}`;
    return [
      paint('bold', wrap(oneLine(title), '', '  ', width)),
      ...linesOf(from, to).map((line) => paint('red', wrap(line, '  - ', '      ', width))),
      ...linesOf(to, from).map((line) => paint('green', wrap(line, '  + ', '      ', width))),
    ].join('\n');
  });
  return `${[...sections, wrap(summaryOf(before, after, differences, pods, thing), '', '  ', width)].join('\n\n')}\n`;
}

/** What one side says and the other one does not. */
function linesOf(side: Side, other: Side): readonly string[] {
  return [
    ...(side.standing === other.standing ? [] : [side.standing]),
    ...side.fills.filter((fill) => !other.fills.includes(fill)).map((fill) => oneLine(`fills ${fill}`)),
    ...side.remaining.filter((one) => !other.remaining.includes(one)).map(oneLine),
  ];
}

function summaryOf(
  before: string,
  after: string,
  differences: readonly Difference[],
  pods: number,
  thing: PolicyDiff['thing'],
): string {
  const differing = differences.reduce((sum, one) => sum + one.pods, 0);
  return `${before} and ${after} differ for ${differing} of ${count(pods, thing)}`;
}
