import { createHash } from 'node:crypto';
import type { Said, Speak } from '../evidence/stores.ts';
import type { ApiClient } from './client.ts';
import { explained, ForbiddenError } from './errors.ts';
import { statusErrorOf } from './list.ts';

const timeoutMs = 5_000;

/**
 * Returns what makes Events: of the core group, which every `kubectl describe` shows with its age. What was said before,
 * by whichever replica, is not said again, and nothing is said where the namespace is going or gone.
 */
export function createSpeak(client: ApiClient, signal: AbortSignal): Speak {
  async function speak(said: Said): Promise<void> {
    const path = `/api/v1/namespaces/${encodeURIComponent(said.subject.namespace)}/events`;
    const body = JSON.stringify(toEvent(said));
    const response = await client.send(path, {
      ...{ method: 'POST', contentType: 'application/json', body, timeoutMs, signal },
    });
    const { status } = response;
    if ([200, 201, 202, 404, 409].includes(status)) return;
    if (status !== 403) throw statusErrorOf(response);
    if (response.body.includes('NamespaceTerminating')) return;
    throw new ForbiddenError('the API server does not allow creating Events: apply the component evidence');
  }
  return (said) => explained(() => speak(said));
}

function toEvent({ id, subject, reason, message, at }: Said): object {
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: nameOf(subject.name, id), namespace: subject.namespace },
    involvedObject: subject,
    type: 'Warning',
    reason,
    message,
    source: { component: 'pod-hardener' },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

/** Like the kubelet's: the name of what it is about, and something that makes it one of its kind. */
function nameOf(subject: string, id: string): string {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `${subject.slice(0, 200).replace(/[-.]+$/, '')}.${hash}`;
}
