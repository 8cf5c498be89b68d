import type { Evidence, ImageUser } from '../policy/evidence.ts';
import type { Refusal } from '../policy/refusal.ts';
import { covers, type Facts, joinFacts, userOf } from './facts.ts';
import type { Observation, Ran, Refused } from './observe.ts';
import { createReferenceParser } from './reference.ts';

/** What is known of one image. Days are counted since 1970. */
export interface DigestEntry {
  readonly facts: Facts;
  readonly seen: number;
}

/** What a name stood for last, and what the kubelet said when it refused it last. Times are milliseconds since 1970. */
export interface ReferenceEntry {
  readonly digest?: string;
  readonly at: number;
  readonly refused?: Refusal;
  readonly refusedAt: number;
  readonly seen: number;
}

/** All that a table knows. */
export interface Snapshot {
  readonly digests: ReadonlyMap<string, DigestEntry>;
  readonly references: ReadonlyMap<string, ReferenceEntry>;
}

export interface TableLimits {
  readonly digests: number;
  readonly references: number;
  /** What is not seen for so many days is forgotten. */
  readonly days: number;
}

/** With names of a usual length, so much can be stored. */
export const tableLimits: TableLimits = { digests: 4_000, references: 4_000, days: 30 };

export interface EvidenceTable {
  /** Takes in what was seen at a moment. */
  learn(observations: readonly Observation[], now: number): void;
  /** Takes in what another replica, or an earlier one, has seen. Nothing in it counts as later than `now`. */
  absorb(snapshot: Snapshot, now: number): void;
  /** Forgets what was not seen for long. */
  forget(now: number): void;
  readonly evidence: Evidence;
  readonly snapshot: Snapshot;
  /** Grows with every change. */
  revision(): number;
  /** How many images are in each state. */
  counts(): Readonly<Record<ImageUser['state'], number>>;
}

const nothing: ReferenceEntry = { at: 0, refusedAt: 0, seen: 0 };

/** Returns an empty table of images and their users. */
export function createEvidenceTable(limits: TableLimits = tableLimits): EvidenceTable {
  const digests = new Map<string, DigestEntry>();
  const references = new Map<string, ReferenceEntry>();
  const parseReference = createReferenceParser(limits.references);
  let revision = 0;

  function addFacts(digest: string, facts: Facts, seen: number): void {
    const known = digests.get(digest);
    if (known !== undefined && known.seen >= seen && covers(known.facts, facts)) return;
    digests.set(digest, joinDigests(known ?? { facts, seen }, { facts, seen }));
    revision += 1;
  }

  function addReference(name: string, entry: ReferenceEntry): void {
    const known = references.get(name);
    const joined = joinReferences(known ?? nothing, entry);
    if (known === undefined || !isSame(known, joined)) {
      references.set(name, joined);
      revision += 1;
    }
    noteName(joined);
  }

  /**
   * The number that an image ran as and the name that the kubelet found in it belong together. Should the name have been
   * given to another image in between, then this one is told to run as what it runs as anyway.
   */
  function noteName({ digest, refused, seen }: ReferenceEntry): void {
    const facts = digest === undefined ? undefined : digests.get(digest)?.facts;
    if (digest === undefined || refused !== 'named' || facts?.root || typeof facts?.uid !== 'number') return;
    addFacts(digest, { named: true }, seen);
  }

  function learnRan({ digest, facts, references: names, at }: Ran, now: number): void {
    const seen = dayOf(now);
    if (facts !== undefined) addFacts(digest, facts, seen);
    for (const name of names) addReference(name, { digest, at: Math.min(at, now), refusedAt: 0, seen });
  }

  function learnRefused({ refused, reference, at }: Refused, now: number): void {
    const seen = dayOf(now);
    if (dayOf(at) < seen - limits.days) return;
    if (reference.digest === undefined) {
      addReference(reference.name, { at: 0, refused, refusedAt: Math.min(at, now), seen });
    } else addFacts(reference.digest, refused === 'root' ? { root: true } : { named: true }, seen);
  }

  function find(text: string): ImageUser | undefined {
    const reference = parseReference(text);
    if (reference === undefined) return undefined;
    if (reference.digest !== undefined) return userOf(digests.get(reference.digest)?.facts ?? {});
    const entry = references.get(reference.name);
    if (entry === undefined) return undefined;
    const facts = digests.get(entry.digest ?? '')?.facts ?? {};
    // Refused after it had last been started: what it stands for by now is what was refused. So it is, too, where the
    // runtime does not tell as whom it was started.
    const known = userOf(facts);
    if (entry.refused === undefined || (entry.refusedAt <= entry.at && known !== undefined)) return known;
    return userOf(entry.refused === 'root' ? { root: true } : joinFacts(facts, { named: true }));
  }

  function prune(): void {
    keepNewest(digests, limits.digests);
    keepNewest(references, limits.references);
  }

  return {
    learn(observations, now) {
      for (const observation of observations) {
        if ('refused' in observation) learnRefused(observation, now);
        else learnRan(observation, now);
      }
      // Sorting is worth while for many at once only.
      if (digests.size > limits.digests * 1.1 || references.size > limits.references * 1.1) prune();
    },
    absorb(snapshot, now) {
      const today = dayOf(now);
      for (const [digest, { facts, seen }] of snapshot.digests) addFacts(digest, facts, Math.min(seen, today));
      for (const [name, entry] of snapshot.references) addReference(name, noLater(entry, now));
      prune();
    },
    forget(now) {
      const oldest = dayOf(now) - limits.days;
      for (const [name, entry] of references) {
        if (entry.refused === undefined || dayOf(entry.refusedAt) >= oldest) continue;
        const { refused: _, ...rest } = entry;
        references.set(name, { ...rest, refusedAt: 0 });
        revision += 1;
      }
      for (const map of [digests, references]) {
        for (const [key, { seen }] of map) {
          if (seen >= oldest) continue;
          map.delete(key);
          revision += 1;
        }
      }
    },
    evidence: find,
    snapshot: { digests, references },
    revision: () => revision,
    counts() {
      const counts = { root: 0, uid: 0, named: 0 };
      for (const { facts } of digests.values()) {
        const user = userOf(facts);
        if (user !== undefined) counts[user.state] += 1;
      }
      return counts;
    },
  };
}

/** What is known once both are: the same in whatever order, and however often. */
export function joinDigests(one: DigestEntry, other: DigestEntry): DigestEntry {
  return { facts: joinFacts(one.facts, other.facts), seen: Math.max(one.seen, other.seen) };
}

/** As `joinDigests`: of two starts and of two refusals the later counts. */
export function joinReferences(one: ReferenceEntry, other: ReferenceEntry): ReferenceEntry {
  const ran = isLaterStart(one, other) ? one : other;
  const refusal = isLaterRefusal(one, other) ? one : other;
  return {
    ...(ran.digest !== undefined && { digest: ran.digest }),
    at: ran.at,
    ...(refusal.refused !== undefined && { refused: refusal.refused }),
    refusedAt: refusal.refusedAt,
    seen: Math.max(one.seen, other.seen),
  };
}

/** A clock that runs fast, or a forger, must not have the last word for ever. */
function noLater(entry: ReferenceEntry, now: number): ReferenceEntry {
  const { at, refusedAt, seen } = entry;
  return { ...entry, at: Math.min(at, now), refusedAt: Math.min(refusedAt, now), seen: Math.min(seen, dayOf(now)) };
}

function isLaterStart(one: ReferenceEntry, other: ReferenceEntry): boolean {
  return one.at === other.at ? (one.digest ?? '') > (other.digest ?? '') : one.at > other.at;
}

function isLaterRefusal(one: ReferenceEntry, other: ReferenceEntry): boolean {
  return one.refusedAt === other.refusedAt
    ? (one.refused ?? '') > (other.refused ?? '')
    : one.refusedAt > other.refusedAt;
}

function isSame(one: ReferenceEntry, other: ReferenceEntry): boolean {
  return (
    one.digest === other.digest &&
    one.at === other.at &&
    one.refused === other.refused &&
    one.refusedAt === other.refusedAt &&
    one.seen === other.seen
  );
}

/** Takes out what was seen longest ago; of equals, what comes first by name stays. */
function keepNewest(entries: Map<string, { readonly seen: number }>, most: number): void {
  if (entries.size <= most) return;
  const sorted = [...entries].sort(([one, a], [other, b]) => b.seen - a.seen || (one < other ? -1 : 1));
  for (const [key] of sorted.slice(most)) entries.delete(key);
}

function dayOf(now: number): number {
  return Math.floor(now / 86_400_000);
}
