import { request } from 'node:https';
import { creationReview } from '../e2e/creationReview.ts';
import type { Replica } from './replicas.ts';

const uid = '5f0e6a1c-2f53-4a86-9c0e-8b0a3f4f7b11';

/** Asks the replica about a new pod as the API server would. Answers with the status. */
export function askDirectly({ address }: Replica, namespace: string): Promise<number> {
  const options = { method: 'POST', rejectUnauthorized: false, headers: { 'content-type': 'application/json' } };
  return new Promise((resolve, reject) => {
    const call = request(`https://${address}:8443/mutate?timeout=3s`, options, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
    });
    call.once('error', reject).end(creationReview(namespace, uid));
  });
}
