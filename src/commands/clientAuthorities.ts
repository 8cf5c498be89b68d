import { inspectAuthorities } from '../certificates/inspect.ts';
import { readTexts, watchFiles } from '../files/watchFiles.ts';
import type { Log } from './log.ts';

const lookAgainMs = 2_000;

/** The authorities of the clients in a file, in PEM. Rejects with one sentence when they cannot be read. */
export async function readClientCa(file: string): Promise<string> {
  const [text = ''] = await readTexts([file]);
  inspectAuthorities(text);
  return text;
}

/** Hands over the authorities whenever the file has changed, and the reason when they cannot be read. */
export function watchClientCa(
  file: string,
  first: string,
  { serve, onRefused }: { readonly serve: (clientCa: string) => void; readonly onRefused: (reason: string) => void },
  log: Log,
): () => void {
  const take = ([text = '']: readonly string[]) => {
    inspectAuthorities(text);
    serve(text);
    log('info', 'The authorities of the clients were exchanged.', { file });
  };
  return watchFiles([file], [first], lookAgainMs, take, ({ message }) => onRefused(message));
}
