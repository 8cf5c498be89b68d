import type { Refusal } from '../policy/refusal.ts';
import { parseCode, toCode } from './facts.ts';
import type { DigestEntry, ReferenceEntry, Snapshot } from './table.ts';

/** A ConfigMap takes 1 MiB, its name and labels included. */
export const mostBytes = 900 * 1024;

const version = 1;
const refusals: readonly unknown[] = ['root', 'named'] satisfies readonly Refusal[];

/** Says in one clause why a text is no table of ours. */
export class StoredError extends Error {
  override readonly name = 'StoredError';
}

/**
 * The snapshot as compact JSON of at most so many bytes, always the same for the same one. Where there is no room for
 * all, what was seen last stays.
 */
export function toText({ digests, references }: Snapshot, limit: number = mostBytes): string {
  const rows = [
    ...[...digests].map(([digest, entry]) => ({ seen: entry.seen, key: digest, text: digestRow(digest, entry) })),
    ...[...references].map(([name, entry]) => ({ seen: entry.seen, key: name, text: referenceRow(name, entry) })),
  ].sort((one, other) => other.seen - one.seen || (one.key < other.key ? -1 : 1));
  const kept: string[] = [];
  let size = `{"version":${version},"rows":[\n]}`.length;
  for (const { text } of rows) {
    size += Buffer.byteLength(text) + 2;
    if (size > limit) break;
    kept.push(text);
  }
  return `{"version":${version},"rows":[\n${kept.join(',\n')}]}`;
}

/** A line for each, so that people can read them. */
function digestRow(digest: string, { facts, seen }: DigestEntry): string {
  return JSON.stringify([digest, toCode(facts), seen]);
}

function referenceRow(name: string, { digest, at, refused, refusedAt, seen }: ReferenceEntry): string {
  return JSON.stringify([name, digest ?? '', at, refused ?? '', refusedAt, seen]);
}

/** The snapshot in a text. Throws a StoredError for one that is none, or in another format; a row that is none is left out. */
export function parseStored(text: string): Snapshot {
  const rows = rowsIn(text);
  const digests = new Map<string, DigestEntry>();
  const references = new Map<string, ReferenceEntry>();
  for (const row of rows) {
    if (!Array.isArray(row) || typeof row[0] !== 'string') continue;
    const digest = row.length === 3 ? digestEntryIn(row) : undefined;
    if (digest !== undefined) digests.set(row[0], digest);
    const reference = row.length === 6 ? referenceEntryIn(row) : undefined;
    if (reference !== undefined) references.set(row[0], reference);
  }
  return { digests, references };
}

function rowsIn(text: string): readonly unknown[] {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    throw new StoredError('it is not JSON');
  }
  const { version: written, rows } = Object(stored) as { readonly version?: unknown; readonly rows?: unknown };
  if (written !== version) throw new StoredError(`its version is not ${version}`);
  if (!Array.isArray(rows)) throw new StoredError('it has no rows');
  return rows;
}

function digestEntryIn([key, code, seen]: readonly unknown[]): DigestEntry | undefined {
  const facts = typeof code === 'string' ? parseCode(code) : undefined;
  return facts !== undefined && isDigest(key) && isCount(seen) ? { facts, seen } : undefined;
}

function referenceEntryIn([name, digest, at, refused, refusedAt, seen]: readonly unknown[]):
  | ReferenceEntry
  | undefined {
  if (typeof name !== 'string' || name.length > 700 || !isCount(at) || !isCount(refusedAt) || !isCount(seen)) return;
  if ((digest !== '' && !isDigest(digest)) || (refused !== '' && !refusals.includes(refused))) return undefined;
  return {
    ...(digest !== '' && { digest: String(digest) }),
    at,
    ...(refused !== '' && { refused: refused as Refusal }),
    refusedAt,
    seen,
  };
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
