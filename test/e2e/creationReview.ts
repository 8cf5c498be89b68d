import { plainPod } from './pods.ts';

/** What the API server asks about a new pod in the namespace. */
export function creationReview(namespace: string, uid: string): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      operation: 'CREATE',
      namespace,
      object: plainPod('app'),
    },
  });
}
