const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'this must not be read',
  EPERM: 'this must not be read',
};

/** Why a file cannot be read, as the end of a sentence; undefined for an error that is not about reading. */
export function whyUnreadable(error: unknown): string | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  return sentences[code];
}
