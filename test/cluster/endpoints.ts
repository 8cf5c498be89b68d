import type { ApiClient } from '../e2e/apiClient.ts';
import { expectSuccess } from '../e2e/cluster.ts';
import { ownNamespace } from '../e2e/site.ts';

const path = `/apis/discovery.k8s.io/v1/namespaces/${ownNamespace}/endpointslices/pod-hardener-e2e`;

/** What a cluster's own controller writes for the replicas of the Service that are ready. */
export async function writeEndpoints(api: ApiClient, addresses: readonly string[]): Promise<void> {
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'pod-hardener-e2e', labels: { 'kubernetes.io/service-name': 'pod-hardener' } },
    addressType: 'IPv4',
    ports: [{ name: 'https', port: 8443, protocol: 'TCP' }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  };
  const options = { contentType: 'application/apply-patch+yaml' };
  expectSuccess(await api.request('PATCH', `${path}?fieldManager=e2e&force=true`, slice, options));
}
