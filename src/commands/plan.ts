import { decide } from '../admission/decide.ts';
import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import { controlsFor } from '../admission/podOverrides.ts';
import { ManifestError } from '../manifests/errors.ts';
import { fillDocument, type TemplateFill } from '../manifests/fill.ts';
import { isNamespace, namespaceRecord } from '../manifests/namespaces.ts';
import { type ManifestObject, objectsIn } from '../manifests/objects.ts';
import { type ManifestDocument, parseManifests, textOf } from '../manifests/parse.ts';
import { type Subject, subjectsIn } from '../manifests/subjects.ts';
import type { TemplateOutcome } from '../output/summary.ts';
import { type Path, toDotted } from '../policy/path.ts';
import { createPolicyChoice, type PolicyChoice, type PolicyGrounds } from './policyChoice.ts';
import type { Source } from './sources.ts';

/** What is to become of a file, and what there is to say of it. */
export interface PlannedFile {
  readonly source: Source;
  /** The file's text, hardened as far as it could be read. */
  readonly text: string;
  readonly outcomes: readonly TemplateOutcome[];
  /** What is worth knowing, a sentence each. */
  readonly notes: readonly string[];
  /** What could not be read or filled, a sentence each. */
  readonly problems: readonly string[];
}

export interface PlanOptions extends PolicyGrounds {
  /** The namespace of the objects that name none. */
  readonly namespace?: string;
}

/**
 * What the webhook would make of the pods in the sources. The Namespaces among them are known to all of them. What
 * cannot be read is a problem of its file, and stays in its text as it is.
 */
export function planFiles(sources: readonly Source[], options: PlanOptions): readonly PlannedFile[] {
  const records = [...options.records, ...sources.flatMap(namespacesIn)];
  const choose = createPolicyChoice({ ...options, records });
  return sources.map((source) => {
    const file: Planning = { choose, namespace: options.namespace ?? '', outcomes: [], notes: [], problems: [] };
    const documents = attempt(file.problems, () => parseManifests(source.text, source.name)) ?? [];
    const texts = documents.map((document) => planDocument(document, file));
    return { ...file, source, text: documents.length === 0 ? source.text : texts.join('') };
  });
}

interface Planning {
  readonly choose: (namespace?: string) => PolicyChoice;
  readonly namespace: string;
  readonly outcomes: TemplateOutcome[];
  readonly notes: string[];
  readonly problems: string[];
}

/** The namespaces described in a source; one that is described badly is a problem when its file is planned. */
function namespacesIn({ text, name }: Source): readonly NamespaceRecord[] {
  // Most sources describe none: they are not worth reading twice.
  if (!/\bkind["']?\s*:\s*["']?Namespace/.test(text)) return [];
  const documents = attempt([], () => parseManifests(text, name)) ?? [];
  return documents.flatMap((document) => {
    const objects = objectsIn(document.value).filter(isNamespace);
    return objects.flatMap((object) => attempt([], () => namespaceRecord(document, object)) ?? []);
  });
}

/** The document's text, hardened. */
function planDocument(document: ManifestDocument, file: Planning): string {
  if (document.error) {
    file.problems.push(document.error.message);
    return textOf(document);
  }
  const fills = objectsIn(document.value).flatMap((object) => planObject(document, object, file));
  const filled = attempt(file.problems, () => fillDocument(document, fills));
  if (filled?.rewritten) {
    const notice = 'this document was written anew to be filled in: its layout may have changed';
    file.notes.push(document.errorAt(document.nodes.contents?.range[0] ?? document.start, notice).message);
  }
  return filled?.text ?? textOf(document);
}

function planObject(document: ManifestDocument, object: ManifestObject, file: Planning): readonly TemplateFill[] {
  if (isNamespace(object)) attempt(file.problems, () => namespaceRecord(document, object));
  return subjectsIn(document, object, file.namespace).flatMap(
    (subject) => attempt(file.problems, () => planSubject(document, object, subject, file)) ?? [],
  );
}

function planSubject(
  document: ManifestDocument,
  object: ManifestObject,
  { path, request }: Subject,
  file: Planning,
): TemplateFill {
  const asked = request();
  const { policy, remarks } = file.choose(asked.namespace || undefined);
  file.notes.push(...remarks);
  if (policy && asked.subject) {
    const { notes } = controlsFor(asked.subject.pod, policy);
    file.notes.push(...notes.map((note) => document.errorAt(document.start, note).message));
  }
  const { filled, wouldFill, left } = decide(asked, policy, { provenance: false });
  file.outcomes.push({ title: titleOf(object, path), optedIn: policy !== undefined, filled, wouldFill, left });
  return { template: path, assignments: filled.map((change) => ({ ...change, path: [...path, ...change.path] })) };
}

function titleOf({ kind, name, path }: ManifestObject, pod: Path): string {
  const place = toDotted(pod.slice(path.length));
  return `${kind}${name && `/${name}`}${place && ` ${place}`}`;
}

/** What the function returns; undefined, with the sentence added to the problems, when it throws a ManifestError. */
function attempt<T>(problems: string[], run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
