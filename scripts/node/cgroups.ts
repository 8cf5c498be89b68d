import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes a control group of that name in every hierarchy, below which a kubelet can keep all of its own. */
export async function createControlGroups(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) await mkdir(join(hierarchy, name), { recursive: true });
}

/** Removes them and what is below; waits a while for their last processes to be gone. */
export async function removeControlGroups(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) await removeTree(join(hierarchy, name), Date.now() + 10_000);
}

/** One folder for cgroup v2, several for v1, and where both are mounted, runc uses both. */
async function hierarchies(): Promise<readonly string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  return mounts.flatMap(([, folder, type]) => (folder && /^cgroup2?$/.test(type ?? '') ? [folder] : []));
}

/** Files in a control group are the kernel's: only folders can be removed, the inner ones first. */
async function removeTree(folder: string, until: number): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return;
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name), until);
  while (!(await isRemoved(folder)) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function isRemoved(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}
