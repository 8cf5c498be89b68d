import { breaksIn } from '../evidence/breaks.ts';
import { observe } from '../evidence/observe.ts';
import { decodeObservedPod } from '../evidence/observedPod.ts';
import { parseStored } from '../evidence/stored.ts';
import { createEvidenceTable } from '../evidence/table.ts';
import type { Evidence } from '../policy/evidence.ts';
import { decodeObserved, type ObservedPod } from '../readiness/observed.ts';
import { createSurvey, type Survey } from '../readiness/survey.ts';

/** Pods that are looked at one after the other, and what they show of their images. */
export interface Gathering {
  readonly survey: Survey;
  /** The pod in an object as the API server has it, with what does not work in it. Throws a PodError when it is none. */
  readonly look: (object: unknown) => ObservedPod;
  /** Takes in what the webhook has stored. Throws a StoredError for what is nothing of it. */
  readonly absorb: (stored: string) => void;
  /** What all of that tells of images, as the webhook would conclude it. */
  readonly evidence: Evidence;
}

/** Far more images than a cluster runs; a report keeps them no longer than it takes. */
const limits = { digests: 100_000, references: 100_000, days: 30 };

/** Returns what collects the pods for a report at a moment, in milliseconds since 1970. */
export function createGathering(now: number): Gathering {
  const table = createEvidenceTable(limits);
  return {
    survey: createSurvey(),
    look(object) {
      const shown = decodeObservedPod(object);
      if (shown) table.learn(observe(shown), now);
      return decodeObserved(object, shown && breaksIn(shown));
    },
    absorb: (stored) => table.absorb(parseStored(stored), now),
    evidence: table.evidence,
  };
}
