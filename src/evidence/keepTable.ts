import { parseStored, StoredError, toText } from './stored.ts';
import type { StoredTable, TableStore } from './stores.ts';
import type { EvidenceTable } from './table.ts';

export interface KeepOptions {
  readonly store: TableStore;
  readonly table: EvidenceTable;
  /** Whether this replica is the one that writes. */
  readonly mayWrite: () => boolean;
  readonly now: () => number;
  /** Milliseconds that never go back. */
  readonly elapsed: () => number;
  /** Told why a stored table cannot be read, in one clause. */
  readonly onUnreadable: (reason: string) => void;
  readonly limits?: Partial<KeepLimits>;
}

export interface KeepLimits {
  /** Least time between two writes. */
  readonly writeMs: number;
  /** Between two looks whether there is something to write, and between two attempts after a failure. */
  readonly lookMs: number;
  readonly retryMs: number;
}

export const keepLimits: KeepLimits = { writeMs: 60_000, lookMs: 2_000, retryMs: 15_000 };

export interface TableKeeper {
  /** Reads at first, then writes what has changed. Resolves with the milliseconds until the next attempt; never rejects. */
  attempt(): Promise<number>;
  /** Why the last attempt failed. */
  problem(): string | undefined;
}

/**
 * Keeps a table over restarts. What is stored is joined with what is known, never replaced by it, so that no replica
 * loses what another one has seen.
 */
export function createTableKeeper(options: KeepOptions): TableKeeper {
  const { store, table, mayWrite, now, elapsed, onUnreadable } = options;
  const limits = { ...keepLimits, ...options.limits };
  let stored: StoredTable | undefined;
  let writtenRevision: number | undefined;
  let wroteAt = Number.NEGATIVE_INFINITY;
  let problem: string | undefined;

  async function load(): Promise<void> {
    stored = await store.read();
    writtenRevision = undefined;
    if (stored.text === '') return;
    try {
      table.absorb(parseStored(stored.text), now());
    } catch (error) {
      if (!(error instanceof StoredError)) throw error;
      onUnreadable(error.message);
    }
  }

  async function write(from: StoredTable): Promise<void> {
    const revision = table.revision();
    const { digests, references } = table.snapshot;
    // To write that nothing is known would make what is learnt next wait.
    const text = digests.size + references.size === 0 ? from.text : toText(table.snapshot);
    if (text !== from.text) {
      const written = await store.write(text, from.resourceVersion);
      // Next time, on top of what has been written in between.
      if (written === 'conflict') return load();
      stored = written;
      wroteAt = elapsed();
    }
    writtenRevision = revision;
  }

  return {
    async attempt() {
      try {
        if (stored === undefined) await load();
        const isDue = table.revision() !== writtenRevision && elapsed() - wroteAt >= limits.writeMs;
        if (stored !== undefined && isDue && mayWrite()) await write(stored);
        problem = undefined;
        return limits.lookMs;
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
        return limits.retryMs;
      }
    },
    problem: () => problem,
  };
}
