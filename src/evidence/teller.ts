import type { BreakField } from './breakFields.ts';
import type { BrokenPod } from './sighting.ts';
import type { Said, Subject } from './stores.ts';
import { noteOf } from './tell.ts';

export interface TellerOptions {
  /** Told of each break that is told. */
  readonly onTold: (field: BreakField) => void;
  readonly now: () => number;
  readonly limits?: Partial<TellerLimits>;
}

export interface TellerLimits {
  /** Of one owner and field, so often at most. */
  readonly everyMs: number;
  /** How many owners and fields are remembered, and how many Events may wait to be said. */
  readonly remembered: number;
  readonly waiting: number;
}

const tellerLimits: TellerLimits = { everyMs: 3_600_000, remembered: 10_000, waiting: 200 };

export interface Teller {
  /** Tells of what does not work in the pod, unless it was told of its like, or there is too much to say. */
  tell(broken: BrokenPod): void;
  /** What is to be said next; undefined when there is nothing. */
  next(): Said | undefined;
}

/** Returns what decides which breaks people are told of. */
export function createTeller({ onTold, now, ...options }: TellerOptions): Teller {
  const limits = { ...tellerLimits, ...options.limits };
  // Oldest first.
  const toldAt = new Map<string, number>();
  const waiting: Said[] = [];

  function isNew(key: string, at: number): boolean {
    const last = toldAt.get(key);
    // A clock that was set back says nothing.
    if (last !== undefined && at >= last && at - last < limits.everyMs) return false;
    toldAt.delete(key);
    toldAt.set(key, at);
    for (const oldest of toldAt.keys()) {
      if (toldAt.size <= limits.remembered) break;
      toldAt.delete(oldest);
    }
    return true;
  }

  return {
    tell(broken) {
      const at = now();
      const owner = ownerOf(broken);
      const subjects = subjectsOf(broken);
      for (const found of broken.breaks) {
        // Then it is told when it is seen again.
        if (waiting.length + subjects.length > limits.waiting) return;
        const key = `${owner}/${found.field}`;
        if (!isNew(key, at)) continue;
        onTold(found.field);
        // Whoever speaks next after a restart says the same, which the API server takes once.
        const id = `${key}/${Math.floor(at / limits.everyMs)}`;
        for (const subject of subjects) waiting.push({ id: `${id}/${subject.uid}`, subject, ...noteOf(found), at });
      }
    },
    next: () => waiting.shift(),
  };
}

function ownerOf({ controller, uid }: BrokenPod): string {
  return controller === undefined || controller.uid === '' ? uid : controller.uid;
}

/** The pod, and whatever made it: its next pod will be the same. */
function subjectsOf({ namespace, name, uid, controller }: BrokenPod): readonly Subject[] {
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid };
  if (controller === undefined || [controller.kind, controller.name, controller.uid].includes('')) return [pod];
  return [pod, { ...controller, namespace }];
}
