import type { ApiClient } from './client.ts';
import { reasonOf, StatusError } from './errors.ts';
import type { Log } from './log.ts';

export interface ServerVersion {
  /** The API server's minor of Kubernetes 1; undefined until it has told. */
  minor(): number | undefined;
  stop(): void;
}

export interface ServerVersionOptions {
  readonly client: ApiClient;
  readonly log: Log;
  /** Milliseconds between two questions: an API server is upgraded while we run. */
  readonly everyMs?: number;
  /** Milliseconds until the next one after a question without an answer. */
  readonly retryMs?: number;
}

const requestMs = 5_000;

/** Begins to ask the API server for its version, at once and from time to time, and keeps the last answer. */
export function watchServerVersion(options: ServerVersionOptions): ServerVersion {
  const { client, log, everyMs = 10 * 60_000, retryMs = 5_000 } = options;
  const ending = new AbortController();
  let minor: number | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function ask(): Promise<number> {
    try {
      const { status, body } = await client.get('/version', { timeoutMs: requestMs, signal: ending.signal });
      if (status !== 200) throw new StatusError(status);
      const told = minorIn(body);
      if (told !== minor) log('info', 'The API server told its version.', { kubernetes: `1.${told}` });
      minor = told;
      return everyMs;
    } catch (error) {
      if (!ending.signal.aborted) log('warn', 'The API server did not tell its version.', { reason: reasonOf(error) });
      return retryMs;
    }
  }

  async function again(): Promise<void> {
    const waitMs = await ask();
    if (!ending.signal.aborted) timer = setTimeout(again, waitMs).unref();
  }

  again();
  return {
    minor: () => minor,
    stop() {
      ending.abort();
      clearTimeout(timer);
    },
  };
}

/** Returns the minor in the answer of an API server; throws when there is none. Some providers add a plus sign to it. */
export function minorIn(body: string): number {
  const { minor }: { minor?: unknown } = JSON.parse(body);
  const digits = /^\d+/.exec(String(minor))?.[0];
  if (digits === undefined) throw new Error('the version has no minor');
  return Number(digits);
}
