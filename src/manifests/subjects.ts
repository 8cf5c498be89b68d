import { RequestError } from '../admission/errors.ts';
import { type AdmissionRequest, decodeReview } from '../admission/review.ts';
import { decodePod, PodError } from '../policy/decodePod.ts';
import type { Path } from '../policy/path.ts';
import { offsetOf } from './locate.ts';
import type { ManifestObject } from './objects.ts';
import type { ManifestDocument } from './parse.ts';
import { templatesIn } from './templates.ts';

/** A pod or pod template of an object, and what the webhook will be asked about it. */
export interface Subject {
  /** Where the pod stands in the document. */
  readonly path: Path;
  /** Throws a ManifestError when the pod is not written as the API has it. */
  readonly request: () => AdmissionRequest;
}

/**
 * The pods of an object. An AdmissionReview holds the one that it is about; any other object holds as many as it has
 * templates, for which requests to create pods of that namespace are made up.
 */
export function subjectsIn(document: ManifestDocument, object: ManifestObject, namespace: string): readonly Subject[] {
  const { kind, path, value } = object;
  if (isPolicy(value)) return [];
  if (kind === 'AdmissionReview') {
    return [{ path: [...path, 'request', 'object'], request: () => locating(document, path, () => reviewOf(value)) }];
  }
  return templatesIn(value, path).map((template) => ({
    path: template.path,
    request: () => locating(document, template.path, () => creation(template.value, object.namespace ?? namespace)),
  }));
}

/** Policies hold patterns of pods, which look like pods. */
function isPolicy({ apiVersion }: ManifestObject['value']): boolean {
  return typeof apiVersion === 'string' && /(^|\.)(kyverno\.io|gatekeeper\.sh)\//.test(apiVersion);
}

function reviewOf(value: unknown): AdmissionRequest {
  return decodeReview(Buffer.from(JSON.stringify(value)));
}

function creation(value: unknown, namespace: string): AdmissionRequest {
  const subject = { pod: decodePod(value) };
  return { uid: '', operation: 'create', resource: 'pods', namespace, dryRun: false, subject };
}

/** What is decoded; the paths of its errors begin where it stands in the document. */
function locating<T>(document: ManifestDocument, path: Path, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof PodError || error instanceof RequestError)) throw error;
    throw document.errorAt(offsetOf(document, [...path, ...error.path]), error.message);
  }
}
