import { type Sighting, sightingOf } from '../evidence/sighting.ts';
import { PodError } from '../policy/decodePod.ts';
import { deploymentOf } from '../readiness/deploymentOf.ts';
import { decodeObserved } from '../readiness/observed.ts';
import { createResidents, type Resident } from '../readiness/residents.ts';

/** All that is kept of a pod of the cluster: what it shows of images and breaks, and what a verdict needs. */
export interface Look {
  readonly seen: Sighting;
  /** Absent for what is no pod. */
  readonly resident: Resident | undefined;
}

/** Returns what looks at objects that the API server sends, which never throws. */
export function createLook(): (object: unknown) => Look {
  const toResident = createResidents();
  return (object) => ({ seen: sightingOf(object), resident: residentIn(object, toResident) });
}

function residentIn(object: unknown, toResident: ReturnType<typeof createResidents>): Resident | undefined {
  try {
    const observed = decodeObserved(object);
    const owner = deploymentOf(observed.owner, labelsOf(object));
    return toResident({ ...observed, ...(owner && { owner }) });
  } catch (error) {
    if (error instanceof PodError) return undefined;
    throw error;
  }
}

function labelsOf(object: unknown): Readonly<Record<string, unknown>> {
  const { metadata } = object as { readonly metadata?: { readonly labels?: unknown } | null };
  return Object(metadata?.labels ?? {}) as Readonly<Record<string, unknown>>;
}
