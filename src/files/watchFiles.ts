import { readFile } from 'node:fs/promises';

/** Stops the watching. */
export type Stop = () => void;

/**
 * Calls back with the files' texts whenever one of them has changed since `last`. It looks every `everyMs`
 * milliseconds, and at the texts themselves: a mounted Secret changes by a symbolic link, which file events miss.
 * An unreadable file is reported once, and then looked for again.
 */
export function watchFiles(
  paths: readonly string[],
  last: readonly string[],
  everyMs: number,
  onChange: (texts: readonly string[]) => void,
  onError: (error: Error) => void,
): Stop {
  let known = last.join('\0');
  let failure = '';
  const look = async () => {
    try {
      const texts = await readTexts(paths);
      failure = '';
      if (texts.join('\0') === known) return;
      known = texts.join('\0');
      onChange(texts);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (error.message !== failure) onError(error);
      failure = error.message;
    }
  };
  let timer = setTimeout(async function again() {
    await look();
    if (!stopped) timer = setTimeout(again, everyMs).unref();
  }, everyMs).unref();
  let stopped = false;
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** The texts of the files, in the order of the paths. Rejects when one cannot be read. */
export function readTexts(paths: readonly string[]): Promise<readonly string[]> {
  return Promise.all(paths.map((path) => readFile(path, 'utf8')));
}
