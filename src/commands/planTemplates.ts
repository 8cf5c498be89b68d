import { decide } from '../admission/decide.ts';
import { type Exemptions, expiryNotes } from '../admission/exemptions.ts';
import type { NamespaceRecord, Policy } from '../admission/namespacePolicy.ts';
import { controlsFor } from '../admission/podOverrides.ts';
import type { ManifestError } from '../manifests/errors.ts';
import type { TemplateFill } from '../manifests/fill.ts';
import { offsetOf } from '../manifests/locate.ts';
import { isNamespace, namespaceRecord } from '../manifests/namespaces.ts';
import type { ManifestObject } from '../manifests/objects.ts';
import type { ManifestDocument } from '../manifests/parse.ts';
import { type Subject, subjectsIn } from '../manifests/subjects.ts';
import type { TemplateOutcome } from '../output/summary.ts';
import { assignmentsOf } from '../policy/assignments.ts';
import { type Path, toDotted } from '../policy/path.ts';
import type { Pod } from '../policy/pod.ts';
import { attempt } from './attempt.ts';
import { type MissingPod, missingPodOf } from './missingPod.ts';
import type { PolicyChoice } from './policyChoice.ts';

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

/** How the templates of a file are planned, and what has come of it so far. */
export interface Planning {
  readonly choose: (namespace?: string) => PolicyChoice;
  readonly namespace: string;
  readonly templatesOnly: boolean;
  readonly isExplained: boolean;
  readonly exemptions: Exemptions;
  readonly outcomes: PlannedTemplate[];
  readonly notes: string[];
  readonly problems: ManifestError[];
}

/** Plans the pod, or the pod templates, in an object. Returns what is to be filled in its document. */
export function planTemplates(
  document: ManifestDocument,
  object: ManifestObject,
  file: Planning,
): readonly TemplateFill[] {
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
