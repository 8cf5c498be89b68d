import { writeYaml } from '../manifests/write.ts';
import { type ColourChoice, createPaint, usesColour } from '../output/paint.ts';
import { policyReports } from '../output/policyReports.ts';
import { type PolicyDiff, policyDiffReport, policyDiffTable } from '../output/readinessDiff.ts';
import { readinessMarkdown } from '../output/readinessMarkdown.ts';
import { readinessPage } from '../output/readinessPage.ts';
import { readinessReport } from '../output/readinessReport.ts';
import { type ReadinessResults, readinessSummary } from '../output/readinessResults.ts';
import { readinessTable } from '../output/readinessTable.ts';
import { minorOf } from '../policy/version.ts';
import { type Asked, systemNamespaces } from '../readiness/askedPolicy.ts';
import { assessNamespace, type Grounds } from '../readiness/assess.ts';
import { differencesIn } from '../readiness/compare.ts';
import { blockersIn, type NamespaceReadiness, verdicts } from '../readiness/readiness.ts';
import { noPods } from '../readiness/survey.ts';
import type { View } from './configuredViews.ts';
import type { Gathered } from './gathered.ts';
import type { InputOptions } from './input.ts';
import type { LiveOptions } from './liveSurvey.ts';
import { type PolicySide, sideText } from './policySides.ts';
import type { ReportFailOn, ReportOutput } from './report.ts';
import { processTerminal, type Terminal, widthOf } from './terminal.ts';
import { version } from './version.ts';

export interface ReportOptions {
  /** A cluster, or manifests. */
  readonly source: LiveOptions | InputOptions;
  readonly asked: Asked;
  /** The configuration file. */
  readonly config?: string;
  /** Two policies, of which only the differences are reported. */
  readonly diff?: readonly [PolicySide, PolicySide];
  readonly failOn: ReportFailOn;
  readonly output: ReportOutput;
  /** Whether the table lists what is not in the way, too. */
  readonly all: boolean;
  readonly color: ColourChoice;
}

/**
 * Says of every namespace whether its level may be enforced; the exit status: 0 when no namespace is blocked, 1 when
 * one is, or else what `failOn` names, 2 when not everything could be read.
 */
export async function report(
  options: ReportOptions,
  terminal: Terminal = processTerminal(),
  clock: () => number = Date.now,
): Promise<number> {
  const now = clock();
  const views = await viewsOf(options, now, terminal);
  if (!views) return 2;
  const gathered = await gather(options.source, terminal, now);
  if (gathered.namespaces.length === 0 && gathered.problems.length > 0) return 2;
  const { namespaces, skipped } = choose(gathered, options.source);
  // What could not be read of manifests may be what keeps a namespace from its level.
  const isPartial = 'targets' in options.source && gathered.problems.length > 0;
  const [assessed = [], ...others] = views
    .map((view) => assessAll(namespaces, gathered, view))
    .map((all) => (isPartial ? all.map((one) => ({ ...one, steps: [] })) : all));
  const notes = [...gathered.notes, ...unlearntIn([assessed, ...others].flat(), gathered, terminal)];
  if (options.diff) return printDiff(options.diff, [assessed, ...others], gathered, options, terminal);
  const results: ReadinessResults = {
    namespaces: assessed,
    skipped,
    thing: gathered.thing,
    source: gathered.source,
    ...(gathered.minor !== undefined && { kubernetes: `v1.${gathered.minor}` }),
    problems: gathered.problems,
    notes,
    madeAt: now,
    programVersion: version,
  };
  print(results, options, gathered, terminal);
  if (gathered.problems.length > 0) return 2;
  return isFailed(assessed, options.failOn) ? 1 : 0;
}

/** What can parse a file is loaded where there is one. Undefined, once that has been said, where a file or a profile is none. */
async function viewsOf(options: ReportOptions, now: number, { say }: Terminal): Promise<readonly View[] | undefined> {
  const { asked, config, diff } = options;
  if (config !== undefined || diff?.some((side) => 'file' in side)) {
    return (await import('./configuredViews.ts')).configuredViews(options, now, say);
  }
  if (!diff) return [{ asked, isCompared: false }];
  return diff.flatMap((side) => ('asked' in side ? [{ asked: side.asked, isCompared: true }] : []));
}

async function gather(source: ReportOptions['source'], terminal: Terminal, now: number): Promise<Gathered> {
  if ('targets' in source) return (await import('./manifestSurvey.ts')).manifestSurvey(source, terminal, now);
  return (await import('./liveSurvey.ts')).liveSurvey(source, terminal, now);
}

/** The namespaces to report on, and those where the webhook is never called: these only if they are asked for by name. */
function choose({ namespaces, surveyed }: Gathered, source: ReportOptions['source']) {
  const named = 'targets' in source ? namespaces.map(({ name }) => name) : source.namespaces;
  const isSkipped = ({ name }: { readonly name: string }) => systemNamespaces.includes(name) && !named.includes(name);
  const podsIn = (name: string) => surveyed.get(name)?.shapes.reduce((sum, { pods }) => sum + pods, 0) ?? 0;
  return {
    namespaces: namespaces.filter((one) => !isSkipped(one)),
    skipped: namespaces.filter(isSkipped).map(({ name }) => ({ name, pods: podsIn(name) })),
  };
}

function assessAll(
  namespaces: Gathered['namespaces'],
  gathered: Gathered,
  { asked, configuration, exemptions, isCompared }: View,
): readonly NamespaceReadiness[] {
  const { surveyed, thing, ownerOf, evidence, minor } = gathered;
  const grounds: Grounds = {
    ...{ asked, evidence, ownerOf, thing, configuration, exemptions },
    minor: isCompared ? minorFor(asked, minor) : minor,
  };
  return namespaces
    .map((namespace) => assessNamespace(namespace, surveyed.get(namespace.name) ?? noPods, grounds))
    .sort(worstFirst);
}

/** That nobody knows what the webhook has learnt matters only where there are images of which nothing is known. */
function unlearntIn(
  namespaces: readonly NamespaceReadiness[],
  { unlearnt }: Gathered,
  { say }: Terminal,
): readonly string[] {
  const shapes = namespaces.flatMap(({ workloads }) => workloads.flatMap((workload) => workload.shapes));
  const isMissed = shapes.some(({ users }) => users.some(({ state }) => state === 'unknown'));
  if (unlearnt === undefined || !isMissed) return [];
  say(`note: ${unlearnt}`);
  return [unlearnt];
}

function worstFirst(a: NamespaceReadiness, b: NamespaceReadiness): number {
  return (
    verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) ||
    blockersIn(b).length - blockersIn(a).length ||
    Number(a.pods === 0) - Number(b.pods === 0) ||
    (a.name < b.name ? -1 : 1)
  );
}

function isFailed(namespaces: readonly NamespaceReadiness[], failOn: ReportFailOn): boolean {
  const failing: Readonly<Record<ReportFailOn, readonly string[]>> = {
    never: [],
    blocked: ['blocked'],
    fills: ['blocked', 'ready with fills'],
  };
  return namespaces.some(({ verdict }) => failing[failOn].includes(verdict));
}

function print(
  results: ReadinessResults,
  { output, color, all }: ReportOptions,
  { hasOpenReports }: Gathered,
  terminal: Terminal,
): void {
  if (output === 'table') {
    const paint = createPaint(usesColour(color, terminal));
    terminal.out(readinessTable(results, { paint, width: widthOf(terminal), all }));
    return;
  }
  const formats: Readonly<Record<Exclude<ReportOutput, 'table'>, () => string>> = {
    json: () => `${JSON.stringify(readinessReport(results), null, 2)}\n`,
    yaml: () => writeYaml([readinessReport(results)]),
    markdown: () => readinessMarkdown(results),
    html: () => readinessPage(results),
    policyreport: () => writeYaml(policyReports(results, hasOpenReports ? 'openreports' : 'wgpolicy')),
  };
  terminal.out(formats[output]());
  terminal.say(readinessSummary(results));
}

/** Prints what differs between two policies; the exit status: 1 where something does, unless nothing is to fail. */
function printDiff(
  [before, after]: readonly [PolicySide, PolicySide],
  [from = [], to = []]: readonly (readonly NamespaceReadiness[])[],
  gathered: Gathered,
  options: ReportOptions,
  terminal: Terminal,
): number {
  const diff: PolicyDiff = {
    before: sideText(before),
    after: sideText(after),
    differences: differencesIn(from, to),
    pods: from.reduce((sum, { pods }) => sum + pods, 0),
    thing: gathered.thing,
  };
  const { output, color, failOn } = options;
  if (output === 'json') terminal.out(`${JSON.stringify(policyDiffReport(diff), null, 2)}\n`);
  else if (output === 'yaml') terminal.out(writeYaml([policyDiffReport(diff)]));
  else terminal.out(policyDiffTable(diff, createPaint(usesColour(color, terminal)), widthOf(terminal)));
  if (gathered.problems.length > 0) return 2;
  return diff.differences.length > 0 && failOn !== 'never' ? 1 : 0;
}

/** A version that is newer than the cluster is one that it may be upgraded to, and is judged as if it had been. */
function minorFor({ version = 'latest' }: Asked, minor: number | undefined): number | undefined {
  return minor === undefined || version === 'latest' ? minor : Math.max(minor, minorOf(version));
}
