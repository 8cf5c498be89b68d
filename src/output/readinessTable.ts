import { oneLine } from '../policy/text.ts';
import { namespaceLine } from '../readiness/namespaceLine.ts';
import {
  blockersIn,
  isBroken,
  type NamespaceReadiness,
  type ShapeReadiness,
  type Standing,
  type Thing,
  type Verdict,
  verdictText,
  type WorkloadReadiness,
} from '../readiness/readiness.ts';
import { isInTheWay } from '../readiness/userFindings.ts';
import { workloadName } from '../readiness/workloadName.ts';
import type { Paint, Style } from './paint.ts';
import { remarksOn } from './readinessRemarks.ts';
import { type ReadinessResults, readinessSummary, skippedText } from './readinessResults.ts';
import { authorsHint, breakText, objectionsIn, remainingText, shapeLevels, userText } from './readinessWords.ts';
import { count } from './summary.ts';
import { wrap } from './wrap.ts';

export interface TableOptions {
  readonly paint: Paint;
  readonly width?: number;
  /** Whether to list the workloads that are not in the way, too, and namespaces without pods. */
  readonly all: boolean;
}

/** So many workloads of a namespace are listed, unless all are asked for. */
const maxWorkloads = 10;

/** A section for every namespace, the worst first, with what is in the way and what to type; and a summary. */
export function readinessTable(results: ReadinessResults, options: TableOptions): string {
  const { namespaces } = results;
  const shown = options.all ? namespaces : namespaces.filter(({ pods }) => pods > 0);
  const empty = namespaces.filter((one) => !shown.includes(one)).map(({ name }) => oneLine(name));
  const skipped = skippedText(results);
  const parts = [
    ...shown.map((namespace) => sectionOn(namespace, options)),
    ...(empty.length > 0 ? [wrap(`without ${results.thing}s: ${empty.join(', ')}`, '', '  ', options.width)] : []),
    ...[skipped, authorsHint(namespaces)].flatMap((text) =>
      text === undefined ? [] : [wrap(text, '', '  ', options.width)],
    ),
    wrap(readinessSummary(results), '', '  ', options.width),
  ];
  return `${parts.join('\n\n')}\n`;
}

const verdictStyles: Readonly<Record<Verdict, Style>> = { blocked: 'red', 'ready with fills': 'green', ready: 'green' };
const standingStyles: Readonly<Record<Standing, Style>> = {
  short: 'red',
  image: 'red',
  filled: 'green',
  passes: 'green',
};

function sectionOn(namespace: NamespaceReadiness, { paint, width, all }: TableOptions): string {
  const { name, verdict, thing, workloads, steps } = namespace;
  const listed = all ? workloads : listedIn(namespace);
  const heading = `${paint('bold', oneLine(name) || '(no namespace)')}  ${paint(verdictStyles[verdict], verdictText(namespace))}`;
  return [
    heading,
    wrap(namespaceLine(namespace), '  ', '    ', width),
    ...remarksOn(namespace).map((remark) => paint('yellow', wrap(oneLine(remark), '  ', '    ', width))),
    ...listed.flatMap((workload) => rowsOf(workload, thing, { paint, all, ...(width !== undefined && { width }) })),
    ...restOf(workloads.filter((one) => !listed.includes(one))),
    ...steps.map((step) => paint('cyan', commandLines(step, width))),
  ].join('\n');
}

/** Those that are in the way, and those that do not work although they are not. */
function listedIn(namespace: NamespaceReadiness): readonly WorkloadReadiness[] {
  const blockers = blockersIn(namespace).slice(0, maxWorkloads);
  const broken = namespace.workloads.filter((one) => isBroken(one) && !blockers.includes(one)).slice(0, maxWorkloads);
  return [...blockers, ...broken];
}

function rowsOf(
  { workload, pods, standing, shapes }: WorkloadReadiness,
  thing: Thing,
  options: TableOptions,
): readonly string[] {
  const { paint, width } = options;
  const levels = [...new Set(shapes.map(shapeLevels))].join(', ');
  const label = standing.padEnd('passes'.length);
  const text = `${workloadName(workload)}, ${count(pods, thing)}, ${levels}`;
  const row = wrap(oneLine(text), `  ${label}  `, ' '.repeat(label.length + 6), width);
  return [`  ${paint(standingStyles[standing], label)}${row.slice(2 + label.length)}`, ...detailsOf(shapes, options)];
}

/** What keeps the shapes of a workload from the level, each sentence once. */
function detailsOf(shapes: readonly ShapeReadiness[], { paint, width, all }: TableOptions): readonly string[] {
  const line = (text: string) => wrap(text, ' '.repeat(10), ' '.repeat(12), width);
  const remaining = new Set(shapes.flatMap((shape) => objectionsIn(shape).map(remainingText)));
  const users = new Set(shapes.flatMap((shape) => shape.users.filter((user) => all || isInTheWay(user)).map(userText)));
  const breaks = shapes.flatMap(({ shape }) => shape.breaks.map(breakText));
  return [
    ...breaks.map((text) => paint('red', line(text))),
    ...Array.from(remaining, line),
    ...Array.from(users, (text) => paint('yellow', line(text))),
  ];
}

function restOf(others: readonly WorkloadReadiness[]): readonly string[] {
  const phrases: Readonly<Record<Standing, readonly [string, string]>> = {
    short: ['more stays short', 'more stay short'],
    image: ['more waits for a user', 'more wait for a user'],
    filled: ['passes once filled', 'pass once filled'],
    passes: ['passes as it is', 'pass as they are'],
  };
  const parts = Object.entries(phrases).flatMap(([standing, [one, many]]) => {
    const number = others.filter((other) => other.standing === standing).length;
    return number === 0 ? [] : [`${count(number, 'workload')} ${number === 1 ? one : many}`];
  });
  return parts.length === 0 ? [] : [`  ${parts.join(', ')}`];
}

/** A command in as many lines as it needs, which a shell reads as one. */
export function commandLines(command: string, width = 80): string {
  if (command.startsWith('#')) return wrap(command.slice(2), '  # ', '  # ', width);
  return wrap(command, '  ', '    ', width - 2).replaceAll('\n', ' \\\n');
}
