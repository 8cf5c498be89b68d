import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { podRange } from './machine.ts';

export const pauseImage = 'pod-hardener.test/pause:1';

/**
 * Writes the configuration of a containerd that keeps everything in `folder`, takes programs from `programs`, and never
 * asks a registry for the image that holds a pod's namespaces. Answers with its arguments and its socket.
 */
export function configureContainerd(folder: string, programs: string): { readonly args: string[]; socket: string } {
  const [socket, file, network] = [
    join(folder, 'containerd.sock'),
    join(folder, 'containerd.toml'),
    join(folder, 'cni'),
  ];
  mkdirSync(network, { recursive: true });
  writeFileSync(join(network, 'bridge.conflist'), JSON.stringify(bridge(folder), undefined, 2));
  writeFileSync(file, configuration(folder, programs, socket, network));
  return { args: ['--config', file], socket };
}

function configuration(folder: string, programs: string, socket: string, network: string): string {
  return `version = 3
root = "${folder}/containerd/root"
state = "${folder}/containerd/state"
disabled_plugins = ["io.containerd.nri.v1.nri"]
[grpc]
  address = "${socket}"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "${pauseImage}"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["${programs}"]
    conf_dir = "${network}"
[plugins.'io.containerd.grpc.v1.cri']
  stream_server_address = "127.0.0.1"
`;
}

/** All pods hang on one bridge; there is nothing beyond it. */
function bridge(folder: string) {
  const routes = [{ dst: '0.0.0.0/0' }];
  const ipam = { type: 'host-local', dataDir: join(folder, 'addresses'), ranges: [[{ subnet: podRange }]], routes };
  const plugin = { type: 'bridge', bridge: 'cni0', isGateway: true, hairpinMode: true, ipMasq: false, ipam };
  return { cniVersion: '1.0.0', name: 'pods', plugins: [plugin] };
}
