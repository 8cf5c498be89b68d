import { decide } from '../admission/decide.ts';
import { type Exemptions, expiryNotes, noExemptions } from '../admission/exemptions.ts';
import type { NamespaceRecord, Policy } from '../admission/namespacePolicy.ts';
import { controlsFor } from '../admission/podOverrides.ts';
import { ManifestError } from '../manifests/errors.ts';
import { fillDocument, type TemplateFill } from '../manifests/fill.ts';
import { offsetOf } from '../manifests/locate.ts';
import { isNamespace, namespaceRecord } from '../manifests/namespaces.ts';
import { isMapping, type ManifestObject, objectsIn } from '../manifests/objects.ts';
import { type ManifestDocument, parseManifests, textOf } from '../manifests/parse.ts';
import { type Subject, subjectsIn } from '../manifests/subjects.ts';
import type { TemplateOutcome } from '../output/summary.ts';
import { type Assignment, applyChanges } from '../policy/apply.ts';
import { assignmentsOf } from '../policy/assignments.ts';
import { type Path, toDotted } from '../policy/path.ts';
import type { Pod } from '../policy/pod.ts';
import { type MissingPod, missingPodOf } from './missingPod.ts';
import { createPolicyChoice, type PolicyChoice, type PolicyGrounds } from './policyChoice.ts';
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

/** What is to become of one pod or pod template. */
export interface PlannedTemplate extends TemplateOutcome {
  /** The object that holds it. */
  readonly kind: string;
  readonly name: string;
  readonly object: ManifestObject;
  /** Where the pod stands in its document. */
  readonly path: Path;
  /** Where it stands in that object, dotted; empty when the object is the pod. */
  readonly template: string;
  /** The namespace that its pods will be in; empty when none is named. */
  readonly namespace: string;
  readonly place: TemplatePlace;
  /** Absent when the namespace is not opted in. */
  readonly policy?: Policy;
  /** The namespace that the policy is from; absent where it was asked for, or nothing else is known. */
  readonly record?: NamespaceRecord;
  /** The pod as it is; absent for a review that is not about a pod to be filled. */
  readonly pod?: Pod;
  /** The pod with the fields filled in; absent when there are none. */
  readonly intended?: Pod;
}

/** Where a pod or pod template is written: the part of its file that is its document, and the path in that. */
export interface TemplatePlace {
  readonly start: number;
  readonly end: number;
  readonly path: Path;
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
    const file: Planning = {
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

interface Planning {
  readonly choose: (namespace?: string) => PolicyChoice;
  readonly namespace: string;
  readonly templatesOnly: boolean;
  readonly isExplained: boolean;
  readonly exemptions: Exemptions;
  readonly outcomes: PlannedTemplate[];
  readonly documents: PlannedDocument[];
  readonly notes: string[];
  readonly problems: ManifestError[];
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
function planDocument(document: ManifestDocument, file: Planning): string {
  if (document.error) {
    file.problems.push(document.error);
    return textOf(document);
  }
  const told = file.outcomes.length;
  const plans = objectsIn(document.value).map((object) => ({ object, fills: planObject(document, object, file) }));
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

function planObject(document: ManifestDocument, object: ManifestObject, file: Planning): readonly TemplateFill[] {
  if (isNamespace(object)) attempt(file.problems, () => namespaceRecord(document, object));
  const subjects = subjectsIn(document, object, file.namespace);
  const missing = subjects.length === 0 ? missingPodOf(object) : undefined;
  // A part of a workload, such as a patch for kustomize, passes through; what no API server would take does not.
  if (missing && (file.templatesOnly || missing.isMistyped)) refuse(document, missing, file.problems);
  return subjects.flatMap(
    (subject) => attempt(file.problems, () => planSubject(document, object, subject, file)) ?? [],
  );
}

function planSubject(
  document: ManifestDocument,
  object: ManifestObject,
  { path, request }: Subject,
  file: Planning,
): readonly TemplateFill[] {
  const asked = request();
  const { policy, remarks, record } = file.choose(asked.namespace || undefined);
  if (!file.isExplained) file.notes.push(...remarks);
  if (policy && asked.subject) {
    const { pod } = asked.subject;
    const { active, notes: own } = controlsFor(pod, policy);
    const notes = [
      ...(file.isExplained ? [] : own),
      ...expiryNotes(asked.namespace, pod, active, file.exemptions.expired),
    ];
    file.notes.push(...notes.map((note) => document.errorAt(document.start, note).message));
  }
  const { filled, wouldFill, left, intended } = decide(asked, policy, {
    provenance: false,
    exemptions: file.exemptions,
  });
  file.outcomes.push({
    ...placeOf(object, path),
    object,
    path,
    namespace: asked.namespace,
    place: { start: document.offset + document.start, end: document.offset + document.end, path },
    optedIn: policy !== undefined,
    filled,
    wouldFill,
    left,
    ...(policy && { policy }),
    ...(record && { record }),
    ...(asked.subject && { pod: asked.subject.pod }),
    ...(intended && { intended }),
  });
  const assignments = asked.subject ? assignmentsOf(asked.subject.pod, filled) : [];
  return [{ template: path, assignments: assignments.map((one) => ({ ...one, path: [...path, ...one.path] })) }];
}

function refuse(document: ManifestDocument, { path, problem }: MissingPod, problems: ManifestError[]): void {
  problems.push(document.errorAt(offsetOf(document, path), problem));
}

function placeOf({ kind, name, path }: ManifestObject, pod: Path) {
  const template = toDotted(pod.slice(path.length));
  return { kind, name, template, title: `${kind}${name && `/${name}`}${template && ` ${template}`}` };
}

/** What the function returns; undefined, with the error added to the problems, when it throws a ManifestError. */
function attempt<T>(problems: ManifestError[], run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    problems.push(error);
    return undefined;
  }
}
