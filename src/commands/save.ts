import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ManifestError } from '../manifests/errors.ts';

/**
 * Writes a file anew from which a text has been read, keeping its mode and, where that may be done, its owner: whoever
 * reads it meanwhile sees the old text or the new one, never a part. A symbolic link stays one. Rejects with a
 * ManifestError, with the file as it is, when that is not possible or when somebody has changed it since it was read.
 */
export async function save(path: string, text: string, read: string): Promise<void> {
  try {
    if (!(await stat(path)).isFile())
      throw new ManifestError('this cannot be written: it is a pipe or the like', { file: path });
    if (!(await replace(await realpath(path), text, read)))
      throw new ManifestError('this was changed while it was being hardened, and is not written; run again', {
        file: path,
      });
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new ManifestError(`this cannot be written: ${causes[code] ?? message}`, { file: path });
  }
}

const causes: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there any more',
  EACCES: 'nothing may be written in its folder',
  EPERM: 'nothing may be written in its folder',
  EROFS: 'its disk is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: 'its disk is full',
};

/** Whether the file says the new text now; when not, it did not say the old one. */
async function replace(target: string, text: string, read: string): Promise<boolean> {
  const { mode, uid, gid } = await stat(target);
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      // Only root may give a file to somebody else.
      await file.chown(uid, gid).catch(() => {});
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    const found = await readFile(target);
    // A file that has several names may have been written already.
    if (!found.equals(Buffer.from(read))) return found.equals(Buffer.from(text));
    await rename(temporary, target);
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}
