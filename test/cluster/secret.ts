import type { V1Secret } from '@kubernetes/client-node';
import { expectSuccess, mergePatch } from '../e2e/cluster.ts';
import { configurationPath, type Site, secretPath } from '../e2e/site.ts';

/** What the Secret of the certificates holds, as text. */
export async function readSecret({ api }: Site): Promise<Readonly<Record<string, string>>> {
  const answer = await api.request('GET', secretPath);
  expectSuccess(answer);
  const { data = {} } = answer.body as V1Secret;
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
}

/** Puts other texts into the Secret, as an administrator might by mistake; null takes one out. */
export async function changeSecret(site: Site, data: Readonly<Record<string, string | null>>): Promise<void> {
  const encoded = Object.entries(data).map(([key, text]) => [key, text && Buffer.from(text).toString('base64')]);
  await patchSecret(site, { data: Object.fromEntries(encoded) });
}

/** Says in the Secret that the authority's key is to be exchanged. */
export async function requestRollOver(site: Site): Promise<void> {
  await patchSecret(site, { metadata: { annotations: { 'pod-hardener.io/roll-over': 'requested' } } });
}

export async function patchSecret({ api }: Site, patch: object): Promise<void> {
  expectSuccess(await api.request('PATCH', secretPath, patch, mergePatch));
}

/** Takes the CA bundle out of the webhook configuration. */
export async function wipeBundle({ api }: Site): Promise<void> {
  const patch = [{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }];
  expectSuccess(await api.request('PATCH', configurationPath, patch, { contentType: 'application/json-patch+json' }));
}
