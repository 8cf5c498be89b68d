import { readFile } from 'node:fs/promises';

/** Stops the watching. */
export type Stop = () => void;

/**
 * Calls back with the files' texts whenever one of them has changed since `last`. It looks every `everyMs`
 * milliseconds, and at the texts themselves: a mounted Secret changes by a symbolic link, which file events miss.
 * A change counts when two looks agree on it, since a file may be looked at while it is being written; the second one
 * follows soon. An unreadable file, or a callback that throws, is reported once.
 */
export function watchFiles(
  paths: readonly string[],
  last: readonly string[],
  everyMs: number,
  onChange: (texts: readonly string[]) => void,
  onError: (error: Error) => void,
): Stop {
  let known = last.join('\0');
  let seen = known;
  let failure = '';
  let stopped = false;
  let waitMs = everyMs;
  const look = async () => {
    waitMs = everyMs;
    const texts = await readTexts(paths);
    const [before, now] = [seen, texts.join('\0')];
    seen = now;
    if (now !== before) waitMs = Math.min(everyMs, secondLookMs);
    if (stopped || now !== before) return;
    if (now !== known) {
      // What cannot be taken over now is tried again: a certificate may become valid.
      onChange(texts);
      known = now;
    }
    failure = '';
  };
  const report = (thrown: unknown) => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const told = `${error.message}\0${seen}`;
    if (!stopped && told !== failure) onError(error);
    failure = told;
  };
  let timer = setTimeout(async function again() {
    await look().catch(report);
    if (!stopped) timer = setTimeout(again, waitMs).unref();
  }, waitMs).unref();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Nobody pauses for so long while writing a file. */
const secondLookMs = 250;

/** The texts of the files, in the order of the paths. Rejects when one cannot be read. */
export function readTexts(paths: readonly string[]): Promise<readonly string[]> {
  return Promise.all(paths.map((path) => readFile(path, 'utf8')));
}
