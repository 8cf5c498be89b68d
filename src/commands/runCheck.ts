import { checkSummary, type Filling, verdictOf } from '../output/checked.ts';
import { checkGithub } from '../output/checkGithub.ts';
import { checkJunit } from '../output/checkJunit.ts';
import { checkMarkdown } from '../output/checkMarkdown.ts';
import { type Asked, checkReport } from '../output/checkReport.ts';
import type { CheckResults } from '../output/checkResults.ts';
import { checkSarif } from '../output/checkSarif.ts';
import { checkTable } from '../output/checkTable.ts';
import { checkText } from '../output/checkText.ts';
import { type FailOn, failing } from '../output/failOn.ts';
import { findingsOf, type LocatedTemplate, type Severity } from '../output/findings.ts';
import { type ColourChoice, createPaint, usesColour } from '../output/paint.ts';
import { count } from '../output/summary.ts';
import { judge } from '../policy/evaluate.ts';
import type { Level } from '../policy/level.ts';
import { minorOf, newestMinor } from '../policy/version.ts';
import type { CheckOutput } from './check.ts';
import type { InputOptions } from './input.ts';
import { createLocator, type Locate } from './locator.ts';
import type { PlannedTemplate } from './planTemplates.ts';
import { readInput } from './readInput.ts';
import { processTerminal, type Terminal, widthOf } from './terminal.ts';
import { version } from './version.ts';

export interface CheckOptions extends InputOptions {
  /** The level to judge by; without one, what each namespace's policy aims at. */
  readonly level?: Level;
  /** The version of the standards, `latest` or `v1.NN`; without one, each policy's. */
  readonly version?: string;
  /** Whether the templates are also judged as they are once filled. */
  readonly fill: boolean;
  /** What ends with the exit status 1; by default objections do. */
  readonly failOn?: FailOn;
  readonly output: CheckOutput;
  readonly color: ColourChoice;
}

/**
 * Says what the Pod Security Standards object to in the input; the exit status: 0 when nothing is left to object to, 1
 * when something is, or else what `failOn` names, 2 when not everything could be read or there was nothing to check.
 */
export async function check(options: CheckOptions, terminal: Terminal = processTerminal()): Promise<number> {
  const fillsNothing = !options.fill && options.level !== undefined;
  const input = await readInput({ ...options, templatesOnly: true, fillsNothing }, terminal);
  const asked = askedOf(options, createVersions(terminal.say));
  const templates = input.files.flatMap(({ source, outcomes }) => {
    const locate = createLocator(source);
    return outcomes.flatMap((template) => checkTemplate(source.name, template, asked, locate));
  });
  const { failOn = 'objections' } = options;
  const { problems } = input;
  const results = { templates, problems, failOn, folder: process.cwd(), programVersion: version };
  print(results, asked, options, terminal);
  if (problems.length > 0) return 2;
  return isFailed(results, terminal) ? 1 : 0;
}

/** Whether the check fails; says why where nothing is objected to, since the output then looks fine. */
function isFailed({ templates, failOn }: CheckResults, { say }: Terminal): boolean {
  if (failOn === 'never') return false;
  if (templates.some((one) => verdictOf(one) === 'fails')) return true;
  const found = findingsOf(templates).filter(({ severity }) => failing[failOn].includes(severity));
  if (found.length === 0) return false;
  const number = (severity: Severity) => found.filter((one) => one.severity === severity).length;
  const [weak, unset] = [number('warning'), number('note')];
  const parts = [
    ...(weak > 0 ? [`${count(weak, 'field')} left as ${weak === 1 ? 'it is' : 'they are'}`] : []),
    ...(unset > 0 ? [`${count(unset, 'field')} not set`] : []),
  ];
  say(`failed, because of --fail-on ${failOn}: ${parts.join(', ')}`);
  return true;
}

const formats: Readonly<Record<ReportFormat, (results: CheckResults) => string>> = {
  sarif: checkSarif,
  junit: checkJunit,
  github: checkGithub,
  markdown: checkMarkdown,
};

type ReportFormat = Exclude<CheckOutput, 'table' | 'text' | 'json'>;

function print(results: CheckResults, asked: Asked, { output, color }: CheckOptions, terminal: Terminal): void {
  const { templates } = results;
  if (output === 'json') {
    terminal.out(`${JSON.stringify(checkReport(templates, asked), null, 2)}\n`);
  } else if (output === 'table') {
    terminal.out(checkTable(templates, createPaint(usesColour(color, terminal)), widthOf(terminal)));
  } else {
    terminal.out(output === 'text' ? checkText(templates) : formats[output](results));
    terminal.say(checkSummary(templates));
  }
}

/** What is asked of all templates alike. */
interface Judging extends Asked {
  readonly fill: boolean;
  readonly known: (version: string) => string;
}

function askedOf({ level, version, fill }: CheckOptions, known: Judging['known']): Judging {
  return {
    fill,
    known,
    ...(level !== undefined && { level }),
    ...(version !== undefined && { version: known(version) }),
  };
}

/** The template's standing by the level and version that were asked for, else its policy's. None for a review without a pod. */
function checkTemplate(
  file: string,
  planned: PlannedTemplate,
  asked: Judging,
  locate: Locate,
): readonly LocatedTemplate[] {
  const { title, kind, name, namespace, template, place, policy, pod, intended } = planned;
  if (!pod) return [];
  const level = asked.level ?? policy?.level ?? 'privileged';
  const version = asked.version ?? asked.known(policy?.version ?? 'latest');
  const minor = minorOf(version);
  const before = judge(pod, minor);
  const filling = asked.fill && fillingOf(planned, intended ? judge(intended, minor) : before);
  return [
    {
      ...{ file, title, kind, name, namespace, template, level, version, before },
      isAsked: asked.level !== undefined || policy !== undefined,
      ...(filling && { filling }),
      pod,
      positionOf: (path) => locate(place, path),
    },
  ];
}

function fillingOf({ filled, wouldFill, left }: PlannedTemplate, after: Filling['after']): Filling {
  return { after, filled, wouldFill, left };
}

/** Takes `latest` for a version that is newer than any known here, and says so once for each. */
function createVersions(say: Terminal['say']): (version: string) => string {
  const told = new Set<string>();
  return (version) => {
    if (version === 'latest' || Number(version.slice('v1.'.length)) <= newestMinor) return version;
    if (!told.has(version))
      say(`note: ${version} is newer than v1.${newestMinor}, the newest known here: using latest`);
    told.add(version);
    return 'latest';
  };
}
