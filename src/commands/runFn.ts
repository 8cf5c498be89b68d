import { ManifestError } from '../manifests/errors.ts';
import { addResults, emptyResourceList, readResourceList } from '../manifests/resourceList.ts';
import { type FunctionResult, functionResults } from '../output/functionResults.ts';
import { judge } from '../policy/evaluate.ts';
import { minorOf } from '../policy/version.ts';
import { readFunctionConfig } from './functionConfig.ts';
import { type PlannedFile, planFiles } from './plan.ts';
import type { PlannedTemplate } from './planTemplates.ts';
import { readSource, type Source, standardInput } from './sources.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/**
 * Hardens the items of the ResourceList on standard input; the exit status: 0 when all was done, else 2. What is
 * printed is a ResourceList in any case, and its results say what went wrong.
 */
export async function fn(terminal: Terminal = processTerminal()): Promise<number> {
  try {
    const source = await readSource(standardInput, terminal.readStdin);
    return answer(source, planList(source), terminal);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    terminal.say(`error: ${error.message}`);
    terminal.out(emptyResourceList([{ message: error.message, severity: 'error' }]));
    return 2;
  }
}

type PlannedList = Pick<PlannedFile, 'text' | 'outcomes' | 'notes' | 'problems'>;

/** The list with its items hardened; as it is, with the problems, when its configuration cannot be understood. */
function planList(source: Source): PlannedList {
  const { functionConfig, errorAt } = readResourceList(source.text, source.name);
  const { policy, problems } = readFunctionConfig(functionConfig);
  if (problems.length > 0) {
    const errors = problems.map(({ path, problem }) => errorAt(path, problem));
    return { text: source.text, outcomes: [], notes: [], problems: errors };
  }
  const [file] = planFiles([source], { records: [], ...(policy && { everywhere: policy }) });
  if (!file) throw new Error('a source has no plan');
  return file;
}

function answer({ name }: Source, { text, outcomes, notes, problems }: PlannedList, { out, say }: Terminal): number {
  const remarks = [...new Set(notes)];
  const results: readonly FunctionResult[] = [
    ...problems.map(({ message }) => ({ message, severity: 'error' }) as const),
    ...remarks.map((message) => ({ message, severity: 'info' }) as const),
    ...outcomes.flatMap(resultsOf),
  ];
  for (const note of remarks) say(`note: ${note}`);
  for (const { message } of problems) say(`error: ${message}`);
  out(addResults(text, name, results, outcomes[0]?.path));
  return problems.length > 0 ? 2 : 0;
}

function resultsOf(planned: PlannedTemplate): readonly FunctionResult[] {
  const { object, path, filled, wouldFill, left, policy, pod, intended = pod } = planned;
  if (!policy || !intended) return [];
  const { level, version } = policy;
  const remaining = judge(intended, minorOf(version)).violations[level];
  const below = path.slice(object.path.length);
  return functionResults({ resource: object.value, path: below, filled, wouldFill, left, level, remaining });
}
