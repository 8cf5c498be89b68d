import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { kubernetesProgram } from '../controlPlane.ts';
import { findProgram, type GoModule, goProgram } from '../goPrograms.ts';
import { unpackPackages } from './debianPackages.ts';

const ofKubernetes = [
  ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet', 'kubectl'],
] as const;

/** containerd, and the network plugins that it calls by these names. */
const containerRuntime: GoModule = {
  name: 'container-runtime',
  packages: {
    containerd: 'github.com/containerd/containerd/v2/cmd/containerd',
    'containerd-shim-runc-v2': 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2',
    ctr: 'github.com/containerd/containerd/v2/cmd/ctr',
    bridge: 'github.com/containernetworking/plugins/plugins/main/bridge',
    'host-local': 'github.com/containernetworking/plugins/plugins/ipam/host-local',
    loopback: 'github.com/containernetworking/plugins/plugins/main/loopback',
  },
  versionOf: 'github.com/containerd/containerd/v2',
  // File systems that need C libraries.
  tags: ['no_btrfs', 'no_devmapper', 'no_zfs'],
  linkerFlags: (version) => [`-X github.com/containerd/containerd/v2/version.Version=${version}`],
  instead: 'leave out what needs a node',
};

/** Programs that the distribution builds, because they are not written in Go alone; and their packages. */
const ofDistribution = { runc: 'runc', nft: 'nftables', busybox: 'busybox-static' } as const;

/**
 * Links everything that a cluster with one node is made of into `folder`, each under its name: from KUBEBUILDER_ASSETS
 * or the machine where it is there, else from the user's cache, which is filled the first time. Nothing is installed.
 * Answers with the folders of the libraries that are needed besides those of the machine. Throws one clear sentence.
 */
export async function linkNodePrograms(
  folder: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const link = (program: string, file: string) => symlink(file, join(folder, program));
  for (const program of ofKubernetes) await link(program, await kubernetesProgram(program, env, say));
  for (const program of Object.keys(containerRuntime.packages)) {
    await link(program, await goProgram(containerRuntime, program, env, say));
  }
  return linkDistribution(link, env, say);
}

async function linkDistribution(
  link: (program: string, file: string) => Promise<void>,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const missing = new Map<string, string>();
  for (const [program, packageName] of Object.entries(ofDistribution)) {
    const installed = await findProgram(program, env.PATH);
    if (installed === undefined) missing.set(program, packageName);
    else await link(program, installed);
  }
  if (missing.size === 0) return [];
  const unpacked = await unpackPackages([...missing.values()], env, say);
  for (const [program, packageName] of missing) {
    const file = await findProgram(program, unpacked.path);
    if (file === undefined) throw new Error(`the package ${packageName} holds no ${program}`);
    await link(program, file);
  }
  return unpacked.libraries;
}
