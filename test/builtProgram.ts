import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../scripts/build.ts';

/** Bundles the program, as it is shipped, into the folder, and answers with the path of the file that starts it. */
export async function buildProgram(folder: string): Promise<string> {
  const dist = join(folder, 'dist');
  await bundle(dist);
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  return join(dist, 'main.js');
}
