import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeAddress } from './machine.ts';

export interface KubeletOptions {
  readonly folder: string;
  readonly nodeName: string;
  readonly kubeconfig: string;
  /** Where containerd listens. */
  readonly socket: string;
  /** The control group below which it keeps its own. */
  readonly controlGroup: string;
}

/** Writes a kubelet's configuration and answers with its arguments. */
export function configureKubelet({ folder, nodeName, kubeconfig, socket, controlGroup }: KubeletOptions): string[] {
  const configuration = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: nodeAddress,
    healthzPort: 0,
    // Nobody but this cluster is in its network.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${socket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${controlGroup}`,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    oomScoreAdj: 0,
    // The disk is not this cluster's alone: a full one is no reason to throw out pods or images.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%' },
    resolvConf: '',
    // Nobody answers there: the kubelet only complains when no address is given.
    clusterDNS: ['10.0.0.10'],
  };
  const file = join(folder, 'kubelet.json');
  writeFileSync(file, JSON.stringify(configuration, undefined, 2));
  return [
    ...['--config', file, '--kubeconfig', kubeconfig, '--root-dir', join(folder, 'kubelet')],
    ...['--hostname-override', nodeName, '--node-ip', nodeAddress],
  ];
}
