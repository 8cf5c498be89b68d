import { type Exemptions, noExemptions } from '../admission/exemptions.ts';
import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import { ManifestError } from '../manifests/errors.ts';
import { readNamespaces } from '../manifests/namespaces.ts';
import { oneLine } from '../policy/text.ts';
import { chosenConfiguration } from './chosenConfiguration.ts';
import { ConfigurationError } from './configurationFile.ts';
import type { InputOptions } from './input.ts';
import { type PlannedFile, planFiles } from './plan.ts';
import { createProgress } from './progress.ts';
import { expectManifestError, type ReadStdin, readSource, readSources, type Source } from './sources.ts';
import type { Terminal } from './terminal.ts';

export interface Input {
  readonly files: readonly PlannedFile[];
  /** The namespaces that the file of namespaces describes. */
  readonly records: readonly NamespaceRecord[];
  /** The exemptions of the configuration as they stand now. */
  readonly exemptions: Exemptions;
  /** What could not be read or planned. It has been said. */
  readonly problems: readonly ManifestError[];
  /** Whether there are no problems. */
  readonly complete: boolean;
}

/**
 * Reads the input, plans what is to become of it, and says what is worth knowing. Without the file of namespaces
 * nobody knows which policy is right, so nothing is planned when that cannot be read.
 */
export async function readInput(options: InputOptions, terminal: Terminal): Promise<Input> {
  const { readStdin, showPassing, now } = terminal;
  // Names of files and objects may be anything, even what ends a line or paints a terminal.
  const say = (line: string) => terminal.say(oneLine(line));
  const progress = showPassing && createProgress(showPassing, now);
  try {
    const configuration = await chosenConfiguration(options, Date.now());
    const records = await readRecords(options.namespaces, readStdin);
    const tell = (note: string) => say(`note: ${note}`);
    const read = [
      ...(await readSources(options.targets, options.recursive, readStdin, tell)),
      ...(await buildAll(options.kustomizations ?? [])),
    ];
    const onProgress = progress && { onProgress: progress.at };
    const files = planFiles(read.filter(isSource), { ...options, ...onProgress, ...configuration, records });
    progress?.end();
    const problems = [...read.filter(isError), ...files.flatMap((file) => file.problems)];
    const lack = problems.length === 0 ? lackIn(files) : undefined;
    // Whatever renders the manifests may have failed, and a check that then succeeds would hide it.
    if (lack !== undefined && options.templatesOnly) problems.push(lack);
    else if (lack !== undefined) tell(lack.message);
    for (const note of new Set(files.flatMap((file) => file.notes))) say(`note: ${note}`);
    for (const { message } of problems) say(`error: ${message}`);
    const { exemptions = noExemptions } = configuration;
    return { files, records, exemptions, problems, complete: problems.length === 0 };
  } catch (error) {
    const isOfConfig = error instanceof ConfigurationError;
    const problems = isOfConfig ? error.problems : [expectManifestError(error)];
    for (const sentence of isOfConfig ? error.sentences : problems.map(({ message }) => message)) {
      say(`error: ${sentence}`);
    }
    return { files: [], records: [], exemptions: noExemptions, problems, complete: false };
  }
}

/** The error that there is not a single manifest; undefined when there is one. */
function lackIn(files: readonly PlannedFile[]): ManifestError | undefined {
  if (!files.every(({ isEmpty }) => isEmpty)) return undefined;
  const [only, ...others] = files;
  return only && others.length === 0
    ? new ManifestError('there is no manifest in it', { file: only.source.name })
    : new ManifestError(`there is no manifest in any of these ${files.length} files`);
}

async function buildAll(folders: readonly string[]): Promise<readonly (Source | ManifestError)[]> {
  if (folders.length === 0) return [];
  const { buildKustomization } = await import('./kustomize.ts');
  return Promise.all(folders.map((folder) => buildKustomization(folder).catch(expectManifestError)));
}

async function readRecords(file: string | undefined, readStdin: ReadStdin): Promise<readonly NamespaceRecord[]> {
  if (file === undefined) return [];
  const { text, name } = await readSource(file, readStdin);
  return readNamespaces(text, name);
}

function isSource(read: Source | ManifestError): read is Source {
  return !isError(read);
}

function isError(read: Source | ManifestError): read is ManifestError {
  return read instanceof ManifestError;
}
