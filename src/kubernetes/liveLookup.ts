import type { ApiClient } from './client.ts';
import { ResyncError, TimeoutError } from './errors.ts';
import { statusErrorOf } from './list.ts';
import { decodeNamespace, type NamespaceItem } from './namespaceRecord.ts';
import { metadataOnly, parseJson } from './objectMeta.ts';
import { abortable, createWatchdog } from './timing.ts';

export interface LiveLookupOptions {
  readonly client: ApiClient;
  /** Milliseconds for one request. */
  readonly timeoutMs: number;
  /** Milliseconds for which an answer is given again. */
  readonly keepMs: number;
  /** How many answers are kept at most. */
  readonly keepAtMost: number;
  readonly signal: AbortSignal;
}

export interface LiveLookup {
  /**
   * Returns the namespace as the API server has it, or undefined if it has none. One request serves all who ask
   * meanwhile and shortly after. Rejects if there is no answer within `deadlineMs` milliseconds, or no usable one.
   */
  read(name: string, deadlineMs: number): Promise<NamespaceItem | undefined>;
  /** Must be called when the namespace is known to have changed: the kept answer is not given again. */
  forget(name: string): void;
}

interface Answer {
  readonly item: NamespaceItem | undefined;
  readonly until: number;
}

const mostAtOnce = 32;

/** Returns a lookup that asks the API server for single namespaces. Names must be valid. */
export function createLiveLookup(options: LiveLookupOptions): LiveLookup {
  const { client, timeoutMs, keepMs, keepAtMost, signal } = options;
  const asked = new Map<string, Promise<NamespaceItem | undefined>>();
  // Oldest first, since all are kept equally long.
  const kept = new Map<string, Answer>();

  async function ask(name: string): Promise<NamespaceItem | undefined> {
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
    const response = await client.get(path, { timeoutMs, accept: metadataOnly, signal });
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw statusErrorOf(response);
    const item = decodeNamespace(parseJson(response.body));
    if (item.name !== name) throw new ResyncError('the API server answered with another namespace');
    return item;
  }

  function keep(name: string, item: NamespaceItem | undefined): void {
    kept.delete(name);
    kept.set(name, { item, until: performance.now() + keepMs });
    for (const [oldest, { until }] of kept) {
      if (kept.size <= keepAtMost && until > performance.now()) break;
      kept.delete(oldest);
    }
  }

  function askOnce(name: string): Promise<NamespaceItem | undefined> {
    const underway = asked.get(name);
    if (underway !== undefined) return underway;
    // Whoever can reach us can make us ask: the API server is not to suffer from that.
    if (asked.size >= mostAtOnce) return Promise.reject(new TimeoutError('too many namespaces are being looked up'));
    const answer = ask(name);
    asked.set(name, answer);
    // An answer that the watch has overtaken goes to those who wait for it, but to nobody later.
    const release = () => asked.get(name) === answer && asked.delete(name);
    answer.then((item) => release() && keep(name, item), release);
    return answer;
  }

  return {
    async read(name, deadlineMs) {
      const answer = kept.get(name);
      if (answer !== undefined && answer.until > performance.now()) return answer.item;
      const late = () => new TimeoutError(`the API server did not answer within ${Math.round(deadlineMs)} ms`);
      const watchdog = createWatchdog(deadlineMs, late);
      return abortable(askOnce(name), watchdog.signal).finally(watchdog.done);
    },
    forget(name) {
      kept.delete(name);
      asked.delete(name);
    },
  };
}
