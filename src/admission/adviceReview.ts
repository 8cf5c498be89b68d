import { podIn } from '../policy/decodePod.ts';
import { type Path, toDotted } from '../policy/path.ts';
import { allContainers, type Pod } from '../policy/pod.ts';
import { type Template, templatesIn } from '../policy/templates.ts';
import { badRequest } from './errors.ts';
import type { NamespaceRecord } from './namespacePolicy.ts';
import { decodeEnvelope, encodeReview, isObject, type Json, namespaceOrNone, operationOf } from './review.ts';

/** What is known of any request for advice. */
export interface AdviceRequest {
  readonly uid: string;
  readonly dryRun: boolean;
  /** The kind of the object, and its name where it has one already. */
  readonly kind: string;
  readonly name: string;
}

/** A namespace that is being created or changed; absent when the request is about something else. */
export interface NamespaceAdviceRequest extends AdviceRequest {
  readonly after?: NamespaceRecord;
  /** Absent for a new one. */
  readonly before?: NamespaceRecord;
}

/** A workload that is being created or changed. */
export interface WorkloadAdviceRequest extends AdviceRequest {
  readonly namespace: string;
  /** Its pod templates that are new or have changed. */
  readonly templates: readonly PodTemplate[];
}

export interface PodTemplate {
  /** How it is told from the object's other templates; empty where it is the only one. */
  readonly label: string;
  /** The pod that a controller makes of it, before anybody changes that. */
  readonly pod: Pod;
}

/** The request about a namespace in the body of a review. Throws a RequestError as decodeReview does. */
export function decodeNamespaceReview(body: Buffer): NamespaceAdviceRequest {
  const { asked, request } = decodeAdvice(body);
  if (!isAbout(request, 'namespaces') || operationOf(request) === 'other') return asked;
  const after = decodeNamespace(request.object, 'object');
  if (operationOf(request) === 'create') return { ...asked, after };
  return { ...asked, after, before: decodeNamespace(request.oldObject, 'oldObject') };
}

/**
 * The request about a workload in the body of a review, whatever its kind. Throws a RequestError as decodeReview does.
 * What a controller has made has no author to advise, and what is no pod is told its author by the API server.
 */
export function decodeWorkloadReview(body: Buffer): WorkloadAdviceRequest {
  const { asked, request } = decodeAdvice(body);
  const namespace = namespaceOrNone(request.namespace);
  const operation = operationOf(request);
  if (operation === 'other') return { ...asked, namespace, templates: [] };
  const { object, oldObject } = request;
  if (!isObject(object)) throw badRequest('request.object is not an object');
  if (namespace === '') throw badRequest('request.namespace is not the name of a namespace');
  if (isControlled(object)) return { ...asked, namespace, templates: [] };
  const templates = writtenTemplates(object);
  const changed = operation === 'update' ? changedSince(oldObject, templates) : templates;
  return { ...asked, namespace, templates: decodeTemplates(changed, labelsOf(templates.map(({ path }) => path))) };
}

/** The body of an answer that warns, and does nothing else. */
export function encodeAdvice(uid: string, warnings: readonly string[]): string {
  return encodeReview(uid, { operations: [], warnings, auditAnnotations: {} });
}

/** The uid in the first bytes of a review that an API server has written, for whom there is no time to read more. */
export function uidAtStart(start: string): string | undefined {
  return uidFirst.exec(start)?.[1];
}

const uidFirst =
  /^\{"kind":"AdmissionReview","apiVersion":"admission\.k8s\.io\/v1","request":\{"uid":"([0-9A-Za-z-]{1,256})"/;

function decodeAdvice(body: Buffer): { readonly asked: AdviceRequest; readonly request: Json } {
  const { uid, request } = decodeEnvelope(body);
  const { kind } = isObject(request.kind) ? request.kind : {};
  const metadata = metadataOf(request.object);
  const name = textOf(request.name) || textOf(metadata.name) || textOf(metadata.generateName);
  return { asked: { uid, dryRun: request.dryRun === true, kind: textOf(kind), name }, request };
}

function isAbout({ resource, subResource }: Json, name: string): boolean {
  return isObject(resource) && resource.resource === name && (resource.group ?? '') === '' && !subResource;
}

function decodeNamespace(value: unknown, key: string): NamespaceRecord {
  if (!isObject(value)) throw badRequest(`request.${key} is not a Namespace`);
  const { name, labels, annotations } = metadataOf(value);
  return {
    name: namespaceOrNone(name),
    labels: decodeStrings(labels, key),
    annotations: decodeStrings(annotations, key),
  };
}

function decodeStrings(value: unknown, key: string): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (!isObject(value) || Object.values(value).some((one) => typeof one !== 'string')) {
    throw badRequest(`request.${key} is not a Namespace: its labels and annotations are not all strings`);
  }
  return value as Readonly<Record<string, string>>;
}

function isControlled(object: Json): boolean {
  const { ownerReferences } = metadataOf(object);
  return (
    Array.isArray(ownerReferences) && ownerReferences.some((owner) => isObject(owner) && owner.controller === true)
  );
}

/** Nobody writes more by hand, and each takes its time. */
const maxTemplates = 16;
const maxContainers = 200;

/** What the author wants: not what is noted about the object, nor what its controllers have found. */
function writtenTemplates({ metadata: _, status: __, ...written }: Json): readonly Template[] {
  // A pod itself is no template; what is said of it is said where it may be filled.
  return templatesIn(written)
    .filter(({ path }) => path.length > 0)
    .slice(0, maxTemplates);
}

function changedSince(before: unknown, templates: readonly Template[]): readonly Template[] {
  return templates.filter(({ path, value }) => !isAlike(valueAt(before, path), value));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (part, key) => (part as Record<string | number, unknown> | null | undefined)?.[key],
    value,
  );
}

/** Deeper down nothing is compared: no template reaches so far, and the stack ends somewhere. */
const maxDepth = 100;

function isAlike(one: unknown, other: unknown, depth = 0): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const keys = Object.keys(one);
  if (Array.isArray(one) !== Array.isArray(other) || keys.length !== Object.keys(other).length) return false;
  if (depth === maxDepth) return false;
  return keys.every((key) => isAlike((one as Json)[key], (other as Json)[key], depth + 1));
}

function decodeTemplates(templates: readonly Template[], labels: ReadonlyMap<Path, string>): readonly PodTemplate[] {
  return templates.flatMap(({ path, value }) => {
    const pod = podIn(value);
    const isFit = pod !== undefined && allContainers(pod).length <= maxContainers;
    return isFit ? [{ label: labels.get(path) ?? '', pod }] : [];
  });
}

/** The shortest names that tell the paths apart: `headGroupSpec` for `spec.headGroupSpec.template`. */
function labelsOf(paths: readonly Path[]): ReadonlyMap<Path, string> {
  if (paths.length < 2) return new Map();
  const long = paths.map((path) => toDotted(path.at(-1) === 'template' ? path.slice(0, -1) : path));
  const short = long.map((text) => text.slice(text.lastIndexOf('.') + 1));
  const labels = new Set(short).size === short.length ? short : long;
  return new Map(paths.map((path, index) => [path, labels[index] ?? '']));
}

function metadataOf(object: unknown): Json {
  return isObject(object) && isObject(object.metadata) ? object.metadata : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
