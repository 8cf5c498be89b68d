import type { Trust, TrustStore } from '../certificates/stores.ts';
import type { ApiClient, ApiResponse } from './client.ts';
import { explained, ForbiddenError } from './errors.ts';
import { statusErrorOf } from './list.ts';
import { decodeObjectMeta, isRecord, parseJson } from './objectMeta.ts';

/** The collection that webhook configurations of ours are in. */
export const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** The Service by which webhooks of a configuration are known to be ours. */
export interface ServicePlace {
  readonly namespace: string;
  readonly name: string;
}

const timeoutMs = 5_000;

/** What to tell an administrator when the configuration cannot be read. */
export function configurationForbidden(name: string): string {
  return `the API server does not allow reading MutatingWebhookConfiguration ${name}: apply the ClusterRole in the manifest`;
}

/** Returns what reads and writes the CA bundles of our webhooks in one configuration, and nothing else in it. */
export function createTrustStore(
  client: ApiClient,
  name: string,
  service: ServicePlace,
  signal: AbortSignal,
): TrustStore {
  const path = `${configurations}/${encodeURIComponent(name)}`;

  function decodeAnswer(response: ApiResponse): Trust | undefined {
    if (response.status !== 200) throw statusErrorOf(response);
    return decodeTrust(parseJson(response.body), service);
  }

  async function read(): Promise<Trust | undefined> {
    const response = await client.get(path, { timeoutMs, signal });
    if (response.status === 404) return undefined;
    if (response.status === 403) throw new ForbiddenError(configurationForbidden(name));
    return decodeAnswer(response);
  }

  async function write(bundle: string, { resourceVersion, places }: Trust): Promise<Trust | 'conflict'> {
    const value = Buffer.from(bundle).toString('base64');
    const body = JSON.stringify([
      // The places of the webhooks hold in this version only.
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      ...places.map((place) => ({ op: 'add', path: `/webhooks/${place}/clientConfig/caBundle`, value })),
    ]);
    const options = { method: 'PATCH', contentType: 'application/json-patch+json', body, timeoutMs, signal } as const;
    const response = await client.send(path, options);
    // A test that fails makes it a patch that cannot be taken (422).
    if ([404, 409, 422].includes(response.status)) return 'conflict';
    if (response.status !== 403) return decodeAnswer(response) ?? 'conflict';
    throw new ForbiddenError(
      `the API server does not allow writing MutatingWebhookConfiguration ${name}: apply the ClusterRole in the manifest`,
    );
  }

  return { read: () => explained(read), write: (bundle, seen) => explained(() => write(bundle, seen)) };
}

/** Returns the trust that a configuration expresses; undefined if it is being deleted. Throws ResyncError if it is none. */
export function decodeTrust(object: unknown, service: ServicePlace): Trust | undefined {
  const { resourceVersion } = decodeObjectMeta(object);
  if (!isRecord(object) || isBeingDeleted(object)) return undefined;
  const webhooks = Array.isArray(object.webhooks) ? object.webhooks : [];
  const places = webhooks.flatMap((webhook, index) => (calls(webhook, service) ? [index] : []));
  return { resourceVersion, places, bundles: places.map((place) => bundleOf(webhooks[place])) };
}

function isBeingDeleted({ metadata }: Record<string, unknown>): boolean {
  return isRecord(metadata) && metadata.deletionTimestamp !== undefined;
}

function calls(webhook: unknown, { namespace, name }: ServicePlace): boolean {
  const service = clientConfigOf(webhook).service;
  return isRecord(service) && service.namespace === namespace && service.name === name;
}

function bundleOf(webhook: unknown): string {
  const { caBundle } = clientConfigOf(webhook);
  return typeof caBundle === 'string' ? Buffer.from(caBundle, 'base64').toString('utf8') : '';
}

function clientConfigOf(webhook: unknown): Record<string, unknown> {
  return isRecord(webhook) && isRecord(webhook.clientConfig) ? webhook.clientConfig : {};
}
