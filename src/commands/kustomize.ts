import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { ManifestError } from '../manifests/errors.ts';
import type { Source } from './sources.ts';

/** What can build a kustomization, in the order in which it is looked for. */
const builders = [
  ['kubectl', 'kustomize'],
  ['kustomize', 'build'],
] as const;

/** What kustomize makes of a folder with a kustomization. Rejects with a ManifestError when that cannot be had. */
export async function buildKustomization(folder: string): Promise<Source> {
  if (folder === '') throw new ManifestError('-k names no folder: the name is empty');
  for (const [program, command] of builders) {
    const built = await run(program, [command, folder]);
    if (built === undefined) continue;
    if (built.status === 0) return { name: `${program} ${command} ${folder}`, text: built.out };
    const complaint = complaintIn(built.said);
    const ending = complaint === '' ? `ended with ${built.status ?? built.signal}` : `says: ${complaint}`;
    throw new ManifestError(`${program} ${command} ${ending}`, { file: folder });
  }
  throw new ManifestError('-k needs kubectl or kustomize, and neither is installed', { file: folder });
}

/** kubectl puts its complaint into a line of its log. */
function complaintIn(said: string): string {
  return (/ err="(.*)"\s*$/.exec(said)?.[1] ?? said).trim().replaceAll('\n', ' ');
}

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly said: string;
}

/** What became of a program; undefined when it is not installed. */
async function run(program: string, args: readonly string[]): Promise<Ended | undefined> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<Pick<Ended, 'status' | 'signal'>>((resolve, reject) =>
    child.once('error', reject).once('close', (status, signal) => resolve({ status, signal })),
  );
  try {
    const [how, out, said] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { ...how, out, said };
  } catch (error) {
    // Not there, or none that may be run.
    if (['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
