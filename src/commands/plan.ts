import { type Exemptions, noExemptions } from '../admission/exemptions.ts';
import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import type { ManifestError } from '../manifests/errors.ts';
import { fillDocument, type TemplateFill } from '../manifests/fill.ts';
import { isNamespace, namespaceRecord } from '../manifests/namespaces.ts';
import { isMapping, type ManifestObject, objectsIn } from '../manifests/objects.ts';
import { type ManifestDocument, parseManifests, textOf } from '../manifests/parse.ts';
import { type Assignment, applyChanges } from '../policy/apply.ts';
import type { Path } from '../policy/path.ts';
import { attempt } from './attempt.ts';
import { type PlannedTemplate, type Planning, planTemplates } from './planTemplates.ts';
import { createPolicyChoice, type PolicyGrounds } from './policyChoice.ts';
import type { Source } from './sources.ts';

/** What is to become of a file, and what there is to say of it. */
export interface PlannedFile {
  readonly source: Source;
  /** The file's text, hardened as far as it could be read. */
  readonly text: string;
  /** Whether there is no document in it, or none that is more than a word. */
  readonly isEmpty: boolean;
  readonly outcomes: readonly PlannedTemplate[];
  /** The documents that could be read. */
  readonly documents: readonly PlannedDocument[];
  /** What is worth knowing, a sentence each. */
  readonly notes: readonly string[];
  /** What could not be read or filled. */
  readonly problems: readonly ManifestError[];
}

/** What is to become of one document. */
export interface PlannedDocument {
  readonly document: ManifestDocument;
  /** What it says once it is hardened. */
  readonly after: unknown;
  readonly objects: readonly PlannedObject[];
}

/** An object and what is filled in its pods: every path counts from the object's own root. */
export interface PlannedObject {
  readonly object: ManifestObject;
  readonly assignments: readonly Assignment[];
}

export interface PlanOptions extends PolicyGrounds {
  /** The namespace of the objects that name none. */
  readonly namespace?: string;
  /**
   * Whether the templates alone are wanted. The texts stay as they are, and since nothing passes through, a pod that no
   * API server would accept is a problem.
   */
  readonly templatesOnly?: boolean;
  /** Whether what there is to say of policies, and of what pods ask for themselves, is said of each pod elsewhere. */
  readonly isExplained?: boolean;
  /** The exemptions of the configuration as they stand now. */
  readonly exemptions?: Exemptions;
  /** Told after each file how many of them are done. */
  readonly onProgress?: (done: number, all: number) => void;
}

/**
 * What the webhook would make of the pods in the sources. The Namespaces among them are known to all of them. What
 * cannot be read is a problem of its file, and stays in its text as it is.
 */
export function planFiles(sources: readonly Source[], options: PlanOptions): readonly PlannedFile[] {
  const records = [...options.records, ...sources.flatMap(namespacesIn)];
  const choose = createPolicyChoice({ ...options, records });
  return sources.map((source, index) => {
    const { namespace = '', templatesOnly = false, isExplained = false, exemptions = noExemptions } = options;
    const file: FilePlanning = {
      choose,
      namespace,
      templatesOnly,
      isExplained,
      exemptions,
      outcomes: [],
      documents: [],
      notes: [],
      problems: [],
    };
    const documents = attempt(file.problems, () => parseManifests(source.text, source.name)) ?? [];
    const texts = documents.map((document) => planDocument(document, file));
    options.onProgress?.(index + 1, sources.length);
    const text = documents.length === 0 ? source.text : texts.join('');
    return { ...file, source, text, isEmpty: file.problems.length === 0 && documents.every(isScalar) };
  });
}

interface FilePlanning extends Planning {
  readonly documents: PlannedDocument[];
}

/** The namespaces described in a source. One that is described badly is a problem when its file is planned. */
export function namespacesIn({ text, name }: Source): readonly NamespaceRecord[] {
  // Most sources describe none: they are not worth reading twice.
  if (!text.includes('Namespace')) return [];
  const documents = attempt([], () => parseManifests(text, name)) ?? [];
  return documents.flatMap((document) => {
    const objects = objectsIn(document.value).filter(isNamespace);
    return objects.flatMap((object) => attempt([], () => namespaceRecord(document, object)) ?? []);
  });
}

function isScalar({ value }: ManifestDocument): boolean {
  return typeof value !== 'object' || value === null;
}

/** The document's text, hardened. */
function planDocument(document: ManifestDocument, file: FilePlanning): string {
  if (document.error) {
    file.problems.push(document.error);
    return textOf(document);
  }
  const told = file.outcomes.length;
  const plans = objectsIn(document.value).map((object) => ({ object, fills: planTemplates(document, object, file) }));
  if (file.templatesOnly) return textOf(document);
  const fills = plans.flatMap((plan) => plan.fills);
  file.documents.push({
    document,
    after: applyAll(document.value, fills),
    objects: plans.map(({ object, fills }) => ({ object, assignments: within(object.path, fills) })),
  });
  const filled = attempt(file.problems, () => fillDocument(document, fills));
  // What is not done is not summed up.
  if (!filled) file.outcomes.splice(told);
  if (filled?.rewritten) {
    const notice = 'this document was written anew to be filled in: its layout may have changed';
    file.notes.push(document.errorAt(document.nodes.contents?.range[0] ?? document.start, notice).message);
  }
  return filled?.text ?? textOf(document);
}

function applyAll(value: unknown, fills: readonly TemplateFill[]): unknown {
  return isMapping(value)
    ? applyChanges(
        value,
        fills.flatMap((fill) => fill.assignments),
      )
    : value;
}

/** The assignments with the paths that they have in an object which stands at a path itself. */
function within(path: Path, fills: readonly TemplateFill[]): readonly Assignment[] {
  return fills.flatMap(({ assignments }) => assignments.map((one) => ({ ...one, path: one.path.slice(path.length) })));
}
