import { type GoModule, goProgram } from './goPrograms.ts';

const helm: GoModule = {
  name: 'helm',
  packages: { helm: 'helm.sh/helm/v4/cmd/helm' },
  versionOf: 'helm.sh/helm/v4',
  linkerFlags: () => [],
  instead: 'leave out what needs Helm',
};

/** The path of Helm, which is built with Go the first time. */
export async function helmProgram(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string> {
  return goProgram(helm, 'helm', env, say);
}
