import { findProgram } from './goPrograms.ts';
import { unpackPackages } from './node/debianPackages.ts';

/**
 * The path of `prometheus` or `promtool`: the one that is installed, else that of Debian's package, which is unpacked
 * into the user's cache and not installed. Calls `say` with what takes time. Throws one sentence where there is neither.
 */
export async function prometheusProgram(
  program: 'prometheus' | 'promtool',
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<string> {
  const installed = await findProgram(program, env.PATH);
  if (installed !== undefined) return installed;
  const { path } = await unpackPackages(['prometheus'], env, say);
  const unpacked = await findProgram(program, path);
  if (unpacked === undefined) throw new Error(`Debian's package prometheus has no ${program}`);
  return unpacked;
}
