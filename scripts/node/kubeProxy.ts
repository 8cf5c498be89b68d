import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeAddress, podRange } from './machine.ts';

/** Writes a kube-proxy's configuration and answers with its arguments. It routes Services by nftables. */
export function configureKubeProxy(folder: string, nodeName: string, kubeconfig: string): string[] {
  const configuration = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig },
    hostnameOverride: nodeName,
    clusterCIDR: podRange,
    // A pod's answer to another pod on the same bridge would not come back through here.
    nftables: { masqueradeAll: true },
    // These settings are the whole machine's.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    bindAddress: nodeAddress,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
  };
  const file = join(folder, 'kube-proxy.json');
  writeFileSync(file, JSON.stringify(configuration, undefined, 2));
  return ['--config', file];
}
