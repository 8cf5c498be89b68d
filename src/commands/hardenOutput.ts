import { ManifestError } from '../manifests/errors.ts';
import { joinTexts } from '../manifests/join.ts';
import { mergePatchOf } from '../manifests/mergePatch.ts';
import { refuseLongNumbers, writeJson, writeYaml } from '../manifests/write.ts';
import { toJsonPatch } from '../policy/patch.ts';
import type { HardenOutput } from './harden.ts';
import type { PlannedDocument, PlannedFile, PlannedObject } from './plan.ts';

/** What is printed of the files. Calls `say` with a sentence for each document or object that the format has no room for. */
export function hardenedOutput(
  files: readonly PlannedFile[],
  output: HardenOutput | undefined,
  say: (line: string) => void,
): Printed {
  const errors: string[] = [];
  const text = textIn(output, files, errors, (note) => say(`note: ${note}`));
  for (const error of errors) say(`error: ${error}`);
  return { text, complete: errors.length === 0 };
}

interface Printed {
  readonly text: string;
  /** Whether nothing had to be left out. */
  readonly complete: boolean;
}

function textIn(
  output: HardenOutput | undefined,
  files: readonly PlannedFile[],
  errors: string[],
  note: (sentence: string) => void,
): string {
  if (output === undefined) return joinTexts(files.map(({ text }) => text));
  if (output === 'jsonpatch')
    return files
      .flatMap(({ documents }) => changedIn(documents))
      .map(jsonPatchLine)
      .join('');
  if (output === 'yaml') return joinTexts(files.map((file) => yamlOf(file, errors)));
  const documents = writable(
    files.flatMap((file) => file.documents),
    errors,
  );
  return output === 'json' ? jsonOf(documents) : kustomizePatches(changedIn(documents), note);
}

function changedIn(documents: readonly PlannedDocument[]): readonly PlannedObject[] {
  return documents.flatMap(({ objects }) => objects.filter(({ assignments }) => assignments.length > 0));
}

/** The documents that can be written anew, with a sentence for each other one. */
function writable(documents: readonly PlannedDocument[], errors: string[]): readonly PlannedDocument[] {
  return documents.filter(({ document }) => {
    try {
      refuseLongNumbers(document);
      return true;
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      errors.push(error.message);
      return false;
    }
  });
}

/** The file as it is where it is YAML. */
function yamlOf({ text, documents }: PlannedFile, errors: string[]): string {
  if (!documents.some(({ document }) => document.format === 'json')) return text;
  return writeYaml(writable(documents, errors).map(({ after }) => after));
}

/** One value as it is, several as kubectl prints them. */
function jsonOf(documents: readonly PlannedDocument[]): string {
  const [first, ...others] = documents.map(({ after }) => after).filter((value) => value != null);
  if (first === undefined) return '';
  return writeJson(others.length === 0 ? first : { apiVersion: 'v1', kind: 'List', items: [first, ...others] });
}

function jsonPatchLine({ object, assignments }: PlannedObject): string {
  const { kind, name, namespace, value } = object;
  const patch = toJsonPatch(value, assignments);
  return `${JSON.stringify({ apiVersion: value.apiVersion, kind, name, namespace, patch })}\n`;
}

const hint = `# Put this into a file beside kustomization.yaml, and name the file there:
#   patches:
#     - path: hardened.yaml
`;

function kustomizePatches(changed: readonly PlannedObject[], note: (sentence: string) => void): string {
  const patches = changed.flatMap(({ object, assignments }) => {
    if (typeof object.value.apiVersion === 'string' && hasName(object)) return [mergePatchOf(object, assignments)];
    note(`there is no patch for ${object.kind}: kustomize tells objects apart by apiVersion and metadata.name`);
    return [];
  });
  return patches.length === 0 ? '' : hint + writeYaml(patches);
}

function hasName({ value, name }: PlannedObject['object']): boolean {
  return (value.metadata as { name?: unknown } | undefined)?.name === name;
}
