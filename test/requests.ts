import { type NamespaceRecord, type Policy, policyOf } from '../src/admission/namespacePolicy.ts';
import type { AdmissionRequest } from '../src/admission/review.ts';
import type { Pod } from '../src/policy/pod.ts';
import type { Json } from './pods.ts';

const prefix = 'pod-hardener.io/';

/** A namespace with the profile as its label, and annotations that are named without our prefix. */
export function namespaceOf(profile: string, annotations: Readonly<Record<string, unknown>> = {}): NamespaceRecord {
  return { name: 'team', labels: { [`${prefix}profile`]: profile }, annotations: prefixed(annotations) };
}

/** The policy of such a namespace. */
export function policyFor(profile: string, annotations: Readonly<Record<string, unknown>> = {}): Policy {
  const policy = policyOf(namespaceOf(profile, annotations));
  if (!policy) throw new Error('the namespace is not opted in');
  return policy;
}

export function prefixed(annotations: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [prefix + key, String(value)]));
}

/** The request to create the pod, or, given the pod as it was before, to add ephemeral containers to it. */
export function requestFor(pod: Pod, before?: Pod): AdmissionRequest {
  const base = { uid: 'd0d0', namespace: 'team', dryRun: false };
  if (!before) return { ...base, operation: 'create', resource: 'pods', subject: { pod } };
  return { ...base, operation: 'update', resource: 'ephemeralcontainers', subject: { pod, before } };
}

/** An AdmissionReview as the API server sends it when a pod is created, with other members of the request. */
export function reviewOf(pod: unknown, request: Json = {}): Json {
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'team',
      operation: 'CREATE',
      userInfo: { username: 'admin', groups: ['system:authenticated'] },
      object: pod,
      oldObject: null,
      dryRun: false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
      ...request,
    },
  };
}

export function bytesOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
