import { type CheckedTemplate, checkSummary, type Filling, verdictOf } from '../output/checked.ts';
import { type Asked, checkReport } from '../output/checkReport.ts';
import { checkTable } from '../output/checkTable.ts';
import { checkText } from '../output/checkText.ts';
import { type ColourChoice, createPaint, usesColour } from '../output/paint.ts';
import { judge } from '../policy/evaluate.ts';
import type { Level } from '../policy/level.ts';
import { minorOf, newestMinor } from '../policy/version.ts';
import type { CheckOutput } from './check.ts';
import type { InputOptions } from './input.ts';
import type { PlannedTemplate } from './plan.ts';
import { readInput } from './readInput.ts';
import { processTerminal, type Terminal } from './terminal.ts';

export interface CheckOptions extends InputOptions {
  /** The level to judge by; without one, what each namespace's policy aims at. */
  readonly level?: Level;
  /** The version of the standards, `latest` or `v1.NN`; without one, each policy's. */
  readonly version?: string;
  /** Whether the templates are also judged as they are once filled. */
  readonly fill: boolean;
  readonly output: CheckOutput;
  readonly color: ColourChoice;
}

/**
 * Says what the Pod Security Standards object to in the input; the exit status: 0 when nothing is left to object to, 1
 * when something is, 2 when not everything could be read.
 */
export async function check(options: CheckOptions, terminal: Terminal = processTerminal()): Promise<number> {
  const fillsNothing = !options.fill && options.level !== undefined;
  const { files, complete } = await readInput({ ...options, templatesOnly: true, fillsNothing }, terminal);
  const asked = askedOf(options, createVersions(terminal.say));
  const checked = files.flatMap(({ source, outcomes }) =>
    outcomes.flatMap((template) => checkTemplate(source.name, template, asked)),
  );
  print(checked, asked, options, terminal);
  if (!complete) return 2;
  return checked.some((one) => verdictOf(one) === 'fails') ? 1 : 0;
}

function print(
  checked: readonly CheckedTemplate[],
  asked: Asked,
  { output, color }: CheckOptions,
  terminal: Terminal,
): void {
  if (output === 'json') {
    terminal.out(`${JSON.stringify(checkReport(checked, asked), null, 2)}\n`);
  } else if (output === 'text') {
    terminal.out(checkText(checked));
    terminal.say(checkSummary(checked));
  } else {
    terminal.out(checkTable(checked, createPaint(usesColour(color, terminal))));
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
function checkTemplate(file: string, planned: PlannedTemplate, asked: Judging): readonly CheckedTemplate[] {
  const { title, kind, name, namespace, template, policy, pod, intended } = planned;
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
