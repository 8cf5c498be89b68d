import { type GoModule, goModuleVersion, goProgram, goSource } from './goPrograms.ts';

const kubeRay: GoModule = {
  name: 'kuberay',
  packages: { 'ray-operator': 'github.com/ray-project/kuberay/ray-operator' },
  versionOf: 'github.com/ray-project/kuberay/ray-operator',
  linkerFlags: () => [],
  instead: 'name test files that do without KubeRay',
};

export interface KubeRay {
  readonly version: string;
  /** The path of the operator. */
  readonly operator: string;
  /** The folder of its CustomResourceDefinitions. */
  readonly definitions: string;
}

/** KubeRay, whose operator is built with Go the first time. Throws one clear sentence where it cannot be had. */
export async function findKubeRay(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<KubeRay> {
  return {
    version: await goModuleVersion(kubeRay),
    operator: await goProgram(kubeRay, 'ray-operator', env, say),
    definitions: await goSource(kubeRay, 'config/crd/bases', env),
  };
}
