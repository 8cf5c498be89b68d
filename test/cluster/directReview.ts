import { request } from 'node:https';
import { plainPod } from '../e2e/pods.ts';
import type { Replica } from './replicas.ts';

/** Asks the replica about a new pod as the API server would. Answers with the status. */
export function askDirectly({ address }: Replica, namespace: string): Promise<number> {
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '5f0e6a1c-2f53-4a86-9c0e-8b0a3f4f7b11',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      operation: 'CREATE',
      namespace,
      object: plainPod('app'),
    },
  };
  const options = { method: 'POST', rejectUnauthorized: false, headers: { 'content-type': 'application/json' } };
  return new Promise((resolve, reject) => {
    const call = request(`https://${address}:8443/mutate?timeout=3s`, options, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
    });
    call.once('error', reject).end(JSON.stringify(review));
  });
}
