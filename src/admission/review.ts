import { decodePod, PodError } from '../policy/decodePod.ts';
import type { AddOperation } from '../policy/patch.ts';
import type { Path } from '../policy/path.ts';
import { containerLists, type Pod } from '../policy/pod.ts';
import { badRequest, tooIntricate } from './errors.ts';
import { isNamespaceName } from './namespaceName.ts';
import { quoted } from './words.ts';

/** What is asked: as far as this program tells requests apart, and as labels of the metric that counts them. */
export const operations = ['create', 'update', 'other'] as const;
export const resources = ['pods', 'ephemeralcontainers', 'other'] as const;

export type Operation = (typeof operations)[number];
export type Resource = (typeof resources)[number];

/** An admission.k8s.io/v1 request, decoded as far as this program looks at it. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: Operation;
  readonly resource: Resource;
  readonly namespace: string;
  readonly dryRun: boolean;
  /** The pod and, for an update, the one before: present exactly when the request is one that may be filled. */
  readonly subject?: Subject;
}

export interface Subject {
  readonly pod: Pod;
  readonly before?: Pod;
}

/** What an answer says besides that the pod is allowed. */
export interface ReviewAnswer {
  readonly operations: readonly AddOperation[];
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

export type Json = Readonly<Record<string, unknown>>;

const apiVersion = 'admission.k8s.io/v1';

/** The request in the body of a review. Throws a RequestError (400) with one sentence when it is none. */
export function decodeReview(body: Buffer): AdmissionRequest {
  const { uid, request } = decodeEnvelope(body);
  const operation = operationOf(request);
  const resource = resourceOf(request);
  const namespace = namespaceOrNone(request.namespace);
  const asked = { uid, operation, resource, namespace, dryRun: request.dryRun === true };
  if (!isFillable(operation, resource)) return asked;
  if (namespace === '') throw badRequest('request.namespace is not the name of a namespace', asked);
  const pod = decodeObject(request, 'object', asked);
  const before = resource === 'pods' ? undefined : decodeObject(request, 'oldObject', asked);
  // Named one by one: a spread and one more would be far slower.
  const { dryRun } = asked;
  return { uid, operation, resource, namespace, dryRun, subject: before ? { pod, before } : { pod } };
}

/** The request of a review about whatever object, and its uid. Throws as decodeReview does. */
export function decodeEnvelope(body: Buffer): { readonly uid: string; readonly request: Json } {
  const review = parseJson(body);
  if (!isObject(review) || review.kind !== 'AdmissionReview') throw badRequest('the body is no AdmissionReview');
  if (review.apiVersion !== apiVersion) throw badRequest(`the AdmissionReview is not of apiVersion ${apiVersion}`);
  const { request } = review;
  if (!isObject(request)) throw badRequest('the AdmissionReview has no request');
  const { uid } = request;
  if (!isUid(uid)) throw badRequest('request.uid is not a printable string of 1 to 256 characters');
  return { uid, request };
}

/** The body of the answer: allowed, with a patch when there are operations. Never anything but allowed. */
export function encodeReview(uid: string, { operations, warnings, auditAnnotations }: ReviewAnswer): string {
  return JSON.stringify({
    apiVersion,
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      // What is undefined is not written.
      patchType: operations.length > 0 ? 'JSONPatch' : undefined,
      patch: operations.length > 0 ? Buffer.from(JSON.stringify(operations)).toString('base64') : undefined,
      warnings: warnings.length > 0 ? warnings : undefined,
      auditAnnotations: Object.keys(auditAnnotations).length > 0 ? auditAnnotations : undefined,
    },
  });
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw badRequest('the body is empty');
  if (body.length > simpleBytes && isIntricate(body)) throw tooIntricate('the body has too many parts');
  try {
    return JSON.parse(body.toString());
  } catch {
    throw badRequest('the body is not JSON');
  }
}

/** Bodies up to this size are harmless, whatever is in them. */
const simpleBytes = 256 * 1024;

/** Real pods of the largest size have a tenth of that. In memory, each part takes many times its one byte. */
const maxParts = 400_000;

function isIntricate(body: Buffer): boolean {
  let parts = 0;
  for (const byte of body) {
    if (byte === openBrace || byte === openBracket || byte === comma || byte === colon) parts++;
  }
  return parts > maxParts;
}

const [openBrace, openBracket, comma, colon] = Buffer.from('{[,:');

/** What is done to the object, as far as this program tells it apart. */
export function operationOf({ operation }: Json): Operation {
  if (operation === 'CREATE') return 'create';
  return operation === 'UPDATE' ? 'update' : 'other';
}

function resourceOf({ resource, subResource }: Json): Resource {
  if (!isObject(resource) || resource.resource !== 'pods' || (resource.group ?? '') !== '') return 'other';
  if (subResource === undefined || subResource === null || subResource === '') return 'pods';
  return subResource === 'ephemeralcontainers' ? 'ephemeralcontainers' : 'other';
}

/** A running pod's security settings are immutable, but for those of the ephemeral containers that are added to it. */
function isFillable(operation: Operation, resource: Resource): boolean {
  return operation === 'create' ? resource === 'pods' : operation === 'update' && resource === 'ephemeralcontainers';
}

function decodeObject(request: Json, key: 'object' | 'oldObject', asked: AdmissionRequest): Pod {
  const object = request[key];
  const refusal = (why: string, within: Path = []) =>
    badRequest(`request.${key} is not a Pod${why}`, asked, ['request', key, ...within]);
  if (!isObject(object)) throw refusal('');
  const { kind } = object;
  if (kind != null && kind !== 'Pod')
    throw refusal(typeof kind === 'string' ? `: kind is ${quoted(kind, 40)}` : '', ['kind']);
  if (containersIn(object) > maxContainers)
    throw tooIntricate(`request.${key} has more than ${maxContainers} containers`);
  try {
    return decodePod(object);
  } catch (error) {
    if (error instanceof PodError) throw refusal(`: ${error.message}`, error.path);
    throw error;
  }
}

/** No kubelet runs so many, and each takes its time and its place in the answer. */
const maxContainers = 1_000;

function containersIn({ spec }: Json): number {
  if (!isObject(spec)) return 0;
  const lists = containerLists.map((list) => spec[list]);
  return lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
}

/** The name of a namespace (RFC 1123 label), which is what makes it safe in a path of the API; '' for anything else. */
export function namespaceOrNone(value: unknown): string {
  return typeof value === 'string' && isNamespaceName(value) ? value : '';
}

function isUid(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]{1,256}$/.test(value) && value.trim() !== '';
}

/** Whether it is an object as JSON has them. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
