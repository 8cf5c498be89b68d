import { dirname, join, resolve } from 'node:path';
import { type GoModule, goProgram, isExecutable } from './goPrograms.ts';

/** The programs that clusters for tests are made of, and kubectl. */
const programs: Omit<GoModule, 'name'> = {
  packages: {
    etcd: 'go.etcd.io/etcd/server/v3',
    'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
    'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
    'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
    kubelet: 'k8s.io/kubernetes/cmd/kubelet',
    kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  },
  versionOf: 'k8s.io/kubernetes',
  /** The version is what `/version` answers, and what Pod Security admission takes for `latest`. */
  linkerFlags(version) {
    const [major, minor] = version.split('.');
    const variable = (name: string, value: string | undefined) => `-X k8s.io/component-base/version.${name}=${value}`;
    return [variable('gitVersion', `v${version}`), variable('gitMajor', major), variable('gitMinor', minor)];
  },
  instead: 'let KUBEBUILDER_ASSETS name a folder that holds etcd, kube-apiserver and kubectl',
};

const controlPlane: GoModule = { ...programs, name: 'control-plane' };

/** The minors of Kubernetes that can be built besides the newest, each pinned in a folder of its own. */
const olderMinors = ['1.34', '1.35'];

/**
 * The folder that holds etcd and kube-apiserver: `KUBEBUILDER_ASSETS` if set, else the user's cache, which is filled
 * by `go build` the first time; of an older minor where one is named. Calls `say` with what takes time. Throws one
 * clear sentence when that cannot be done.
 */
export async function controlPlaneAssets(
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
  minor?: string,
): Promise<string> {
  if (env.KUBEBUILDER_ASSETS && minor === undefined) return givenAssets(env.KUBEBUILDER_ASSETS);
  if (minor !== undefined && !olderMinors.includes(minor)) {
    throw new Error(`--kubernetes ${minor}: there are ${olderMinors.join(' and ')}, and the newest without the option`);
  }
  const module = minor === undefined ? controlPlane : { ...programs, name: `control-plane-${minor}` };
  await goProgram(module, 'etcd', env, say);
  return dirname(await goProgram(module, 'kube-apiserver', env, say));
}

/** Only what a control plane needs is asked of a folder that was given: kubectl may be missing there. */
async function givenAssets(given: string): Promise<string> {
  const folder = resolve(given);
  const found = await Promise.all(['etcd', 'kube-apiserver'].map((program) => isExecutable(join(folder, program))));
  if (found.every(Boolean)) return folder;
  throw new Error(`KUBEBUILDER_ASSETS is ${folder}, but etcd and kube-apiserver are not both there`);
}

/** The path of kubectl: from `KUBEBUILDER_ASSETS` if it is there, else built as the control plane is. */
export async function kubectlProgram(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string> {
  return kubernetesProgram('kubectl', env, say);
}

/** The path of a program of the control plane or of a node, found in the same way. */
export async function kubernetesProgram(
  program: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<string> {
  const given = join(resolve(env.KUBEBUILDER_ASSETS ?? ''), program);
  if (env.KUBEBUILDER_ASSETS && (await isExecutable(given))) return given;
  return goProgram(controlPlane, program, env, say);
}
