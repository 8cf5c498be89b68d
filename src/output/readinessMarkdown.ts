import { namespaceLine } from '../readiness/namespaceLine.ts';
import { blockersIn, isBroken, type NamespaceReadiness, type Verdict, verdictText } from '../readiness/readiness.ts';
import { isInTheWay } from '../readiness/userFindings.ts';
import { workloadName } from '../readiness/workloadName.ts';
import { code } from './checkMarkdown.ts';
import { remarksOn } from './readinessRemarks.ts';
import { type ReadinessResults, readinessSummary, skippedText } from './readinessResults.ts';
import { authorsHint, breakText, objectionsIn, remainingText, shapeLevels, userText } from './readinessWords.ts';
import { count } from './summary.ts';

const marks: Readonly<Record<Verdict, string>> = { blocked: '❌', 'ready with fills': '✅', ready: '✅' };

/** The report in Markdown, for a merge request or a page: a table of the namespaces, and a section for each. */
export function readinessMarkdown(results: ReadinessResults): string {
  const { namespaces, problems, thing } = results;
  const rows = namespaces.map((one) => {
    const cells = [`${marks[one.verdict]} ${verdictText(one)}`, nameOf(one), String(one.pods), namespaceLine(one)];
    return `| ${cells.map((cell, index) => (index === 3 ? code(cell) : cell)).join(' | ')} |`;
  });
  const table = [`| verdict | namespace | ${thing}s | |`, '|---|---|---|---|', ...rows].join('\n');
  const last = [skippedText(results), authorsHint(namespaces)].filter((text) => text !== undefined);
  const parts = [
    '## May the level be enforced today?',
    `${readinessSummary(results)}.`,
    ...(rows.length > 0 ? [table] : []),
    ...(problems.length > 0
      ? [['**Not everything could be read:**', ...problems.map((one) => `- ${code(one)}`)].join('\n')]
      : []),
    ...namespaces.filter(({ pods }) => pods > 0).map(sectionOn),
    ...last.map(withCode),
  ];
  return `${parts.join('\n\n')}\n`;
}

function nameOf({ name }: NamespaceReadiness): string {
  return name === '' ? 'none named' : code(name);
}

function sectionOn(namespace: NamespaceReadiness): string {
  const { steps, thing } = namespace;
  const blockers = blockersIn(namespace);
  const broken = namespace.workloads.filter((one) => isBroken(one) && !blockers.includes(one));
  const items = [...blockers, ...broken].flatMap(({ workload, pods, shapes, standing }) => {
    const levels = [...new Set(shapes.map(shapeLevels))].join(', ');
    const reasons = shapes.flatMap((one) => [
      ...one.shape.breaks.map(breakText),
      ...objectionsIn(one).map(remainingText),
      ...one.users.filter(isInTheWay).map(userText),
    ]);
    const heading = `- ${code(workloadName(workload))}, ${count(pods, thing)}, ${levels}: ${standing}`;
    return [heading, ...[...new Set(reasons)].map((reason) => `  - ${code(reason)}`)];
  });
  return [
    `### ${nameOf(namespace)}: ${verdictText(namespace)}`,
    [code(namespaceLine(namespace)), ...remarksOn(namespace).map((remark) => `\n${code(remark)}`)].join('\n'),
    ...(items.length > 0 ? [items.join('\n')] : []),
    ...(steps.length > 0 ? [['```sh', ...steps, '```'].join('\n')] : []),
  ].join('\n\n');
}

/** Our own sentence, in which quotation marks stand around what is code. */
function withCode(text: string): string {
  return text.replace(/"([^"]+)"/g, '`$1`');
}
