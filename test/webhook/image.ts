import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildProgram } from '../builtProgram.ts';
import { sharedProgram } from '../program.ts';
import type { Runtime } from './child.ts';

/** The program as the image runs it, and a folder for whatever it needs. */
export interface Image {
  readonly folder: string;
  readonly runtime: Runtime;
  readonly remove: () => Promise<void>;
}

/**
 * The bundled program and a folder, a temporary one unless given, with the options of Node and the environment that the
 * image has.
 */
export async function buildImage(given?: string): Promise<Image> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'pod-hardener-image-')));
  const program = sharedProgram() ?? (await buildProgram(folder));
  const { options, env } = readDockerfile();
  return {
    folder,
    runtime: { node: [...options, program], env },
    remove: () => rm(folder, { recursive: true }),
  };
}

function readDockerfile() {
  const file = readFileSync(fileURLToPath(new URL('../../Dockerfile', import.meta.url)), 'utf8');
  // What is built by default is the last stage.
  const text = file.split(/^FROM /m).at(-1) ?? '';
  const command: readonly string[] = JSON.parse(/^CMD (\[.*\])$/m.exec(text)?.[1] ?? '[]');
  const options = command.filter((word) => word.startsWith('--'));
  if (options.length === 0) throw new Error('the Dockerfile has no options for Node');
  const env = Object.fromEntries([...text.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]));
  return { options, env };
}
