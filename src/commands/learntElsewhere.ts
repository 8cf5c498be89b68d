import { StoredError } from '../evidence/stored.ts';
import type { ApiClient } from '../kubernetes/client.ts';
import { readEvidence } from '../kubernetes/evidenceStore.ts';
import type { Gathering } from './gathering.ts';

/** Where the webhook keeps what it learns, as the manifests install it. */
const place = { namespace: 'pod-hardener-system', name: 'pod-hardener-evidence' };

/** Takes in what the webhook of the cluster has learnt of images; a sentence says why nobody knows it, where that is so. */
export async function learntElsewhere(client: ApiClient, { absorb }: Gathering): Promise<string | undefined> {
  const where = `the ConfigMap ${place.namespace}/${place.name}`;
  const { status, text } = await readEvidence(client, place);
  if (status === 404) return `what has run before is not known, since there is no ${where.slice('the '.length)}`;
  if (status !== 200) return `what the webhook has learnt of images is not known: ${where} must not be read`;
  try {
    if (text !== '') absorb(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof StoredError)) throw error;
    return `what the webhook has learnt of images is not known: ${where} cannot be read, since ${error.message}`;
  }
}
