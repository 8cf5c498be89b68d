import { type GoModule, goProgram } from './goPrograms.ts';

const kustomize: GoModule = {
  name: 'kustomize',
  packages: { kustomize: 'sigs.k8s.io/kustomize/kustomize/v5' },
  versionOf: 'sigs.k8s.io/kustomize/kustomize/v5',
  linkerFlags: () => [],
  instead: 'leave out what needs kustomize',
};

/** The path of kustomize, which is built with Go the first time: kubectl's own lets no function be executed. */
export async function kustomizeProgram(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string> {
  return goProgram(kustomize, 'kustomize', env, say);
}
