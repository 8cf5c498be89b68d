import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';

/** The program as it is shipped: the bundle that was built for this run. */
export const program = process.env.POD_HARDENER_E2E_PROGRAM ?? 'dist/main.js';

/** What `pod-hardener harden -p restricted` makes of the manifest. Throws with its messages if it fails. */
export async function harden<T extends object>(manifest: T, folder: string): Promise<T> {
  const file = join(folder, 'manifest.json');
  await writeFile(file, JSON.stringify(manifest));
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'harden', '-p', 'restricted', '-f', file]);
  return parse(stdout) as T;
}
