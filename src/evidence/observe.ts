import { effective } from '../policy/pod.ts';
import { type Refusal, refusalIn } from '../policy/refusal.ts';
import { isWindows } from '../policy/windows.ts';
import { type Facts, factsOfUid } from './facts.ts';
import type { ObservedContainer, ObservedPod } from './observedPod.ts';
import { digestOf, type ImageName, parseReference } from './reference.ts';

/** What one container shows of its image. */
export type Observation = Ran | Refused;

/** A container that was created: the runtime says from which image. */
export interface Ran {
  readonly digest: string;
  /** What it was seen running as; absent where the pod, and not the image, names the user. */
  readonly facts?: Facts;
  /** The names by which the image was asked for. */
  readonly references: readonly string[];
  /** When it was started, in milliseconds since 1970; what a name stood for last, the last one says. */
  readonly at: number;
}

/** A container that the kubelet refused to create: only the name that it was to be created from is known. */
export interface Refused {
  readonly refused: Refusal;
  readonly reference: ImageName;
  /** When its pod was created, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * Returns what the pod shows of its images. Its author chooses everything in it but the status, and may exchange the
 * image of a running pod: so nothing is concluded from an image that the kubelet may not have spoken of.
 */
export function observe(observed: ObservedPod): readonly Observation[] {
  if (isWindows(observed.pod)) return [];
  return observed.containers.flatMap((container) => [...ran(observed, container), ...refused(observed, container)]);
}

/** Image, number and user come from one answer of the runtime, about one container. */
function ran(observed: ObservedPod, container: ObservedContainer): readonly Ran[] {
  const digest = digestOf(container.imageId);
  if (digest === undefined) return [];
  const { uid, startedAt } = container;
  const facts = uid !== undefined && isLeftToImage(observed, container) ? factsOfUid(uid) : undefined;
  const references = startedAt === undefined ? [] : namesOf(observed, container);
  if (facts === undefined && references.length === 0) return [];
  return [{ digest, ...(facts && { facts }), references, at: startedAt ?? 0 }];
}

/** The runtime knows one name of an image that has several; the author's is another, as long as it is still the same. */
function namesOf(observed: ObservedPod, container: ObservedContainer): readonly string[] {
  const written = hasFirstImage(observed, container) ? [container.image] : [];
  const names = [container.statusImage, ...written].flatMap((text) => {
    const reference = parseReference(text);
    return reference === undefined || reference.digest !== undefined ? [] : [reference.name];
  });
  return [...new Set(names)];
}

function refused(observed: ObservedPod, container: ObservedContainer): readonly Refused[] {
  const refusal = container.waiting && refusalIn(container.waiting);
  if (refusal === undefined || !isLeftToImage(observed, container)) return [];
  if (effective(observed.pod, container.container, 'runAsNonRoot') !== true) return [];
  // For a moment after its image was exchanged, the kubelet shows the new image with the words about the old one.
  if (!hasFirstImage(observed, container) || container.statusImage !== container.image) return [];
  const reference = parseReference(container.image);
  return reference === undefined ? [] : [{ refused: refusal, reference, at: observed.createdAt }];
}

function isLeftToImage({ pod }: ObservedPod, { container }: ObservedContainer): boolean {
  return effective(pod, container, 'runAsUser') === undefined;
}

/** Whether the image is certainly the one that the container has had all the time: nobody can change an ephemeral one. */
function hasFirstImage({ isUnchanged }: ObservedPod, { list }: ObservedContainer): boolean {
  return isUnchanged || list === 'ephemeralContainers';
}
