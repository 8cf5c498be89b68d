import { createServer } from 'node:https';
import type { V1Pod } from '@kubernetes/client-node';
import { issueCertificates } from '../../src/certificates/issue.ts';
import type { Cluster } from './cluster.ts';
import { freePort } from './freePort.ts';
import { until } from './until.ts';
import { configurations } from './webhook.ts';

export interface Operation {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

export interface Injector {
  close(): Promise<void>;
}

/** The label of the namespaces whose pods it changes. */
export const injected = { 'e2e.example/inject': 'yes' } as const;

interface Review {
  readonly request: { readonly uid: string; readonly object: V1Pod };
}

/** A mutating webhook of somebody else, which the API server calls after ours because of its name. */
export async function startInjector(
  cluster: Cluster,
  patchOf: (pod: V1Pod) => Operation[],
  reinvocationPolicy: 'Never' | 'IfNeeded' = 'Never',
): Promise<Injector> {
  const { caCert: ca, cert, key } = await issueCertificates({ hosts: ['127.0.0.1'], now: new Date(), days: 1 });
  const server = createServer({ cert, key, keepAliveTimeout: 120_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const { uid, object } = (JSON.parse(Buffer.concat(chunks).toString()) as Review).request;
        const patch = Buffer.from(JSON.stringify(patchOf(object))).toString('base64');
        const answer = { uid, allowed: true, patchType: 'JSONPatch', patch };
        const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer };
        response.setHeader('content-type', 'application/json').end(JSON.stringify(review));
      });
  });
  const port = await freePort();
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  await cluster.apply(configurations, configurationOf(`https://127.0.0.1:${port}/`, ca, reinvocationPolicy));
  await untilEffective(cluster, patchOf);
  return {
    async close() {
      await cluster.api.request('DELETE', `${configurations}/zz-injector`);
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function configurationOf(url: string, ca: string, reinvocationPolicy: string) {
  const webhook = {
    name: 'injector.e2e.example',
    admissionReviewVersions: ['v1'],
    clientConfig: { url, caBundle: Buffer.from(ca).toString('base64') },
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
    namespaceSelector: { matchLabels: injected },
    failurePolicy: 'Fail',
    reinvocationPolicy,
    sideEffects: 'None',
  };
  const metadata = { name: 'zz-injector' };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata,
    ...{ webhooks: [webhook] },
  };
}

async function untilEffective(cluster: Cluster, patchOf: (pod: V1Pod) => Operation[]): Promise<void> {
  const namespace = await cluster.createNamespace('probe', { labels: injected });
  const probe: V1Pod = { metadata: { name: 'probe' }, spec: { containers: [{ name: 'probe', image: 'probe' }] } };
  await until('the API server asks the injector', async () => {
    const { pod, status } = await cluster.createPod(namespace, probe, { dryRun: true });
    return status === 201 && patchOf(pod).length === 0;
  });
}
