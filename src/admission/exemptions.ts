import type { ActiveControl, Spares } from '../policy/harden.ts';
import { allContainers, type Container, type Pod } from '../policy/pod.ts';
import { fitsGlob, type Glob } from './glob.ts';
import { fitsImage, type ImagePattern, parseImageReference } from './imageReference.ts';
import { quoted } from './words.ts';

/** Controls that an administrator does not have filled in some containers, and why. */
export interface Exemption {
  readonly name: string;
  readonly controls: readonly string[];
  readonly match: Match;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** Absent for one without an end. */
  readonly expires?: Expiry;
}

/** The containers that are meant: those that meet every criterion given. */
export interface Match {
  readonly namespaces?: readonly Glob[];
  readonly images?: readonly ImagePattern[];
  /** The container's whole command, and its whole arguments. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}

export interface Expiry {
  readonly written: string;
  /** The first moment at which it no longer applies, in milliseconds since 1970. */
  readonly at: number;
}

/** The exemptions as they stand at some moment. */
export interface Exemptions {
  readonly active: readonly Exemption[];
  readonly expired: readonly Exemption[];
}

export const noExemptions: Exemptions = Object.freeze({ active: [], expired: [] });

/** The exemptions at a moment, in milliseconds since 1970. */
export function exemptionsAt(exemptions: readonly Exemption[], now: number): Exemptions {
  if (exemptions.length === 0) return noExemptions;
  const isActive = ({ expires }: Exemption) => expires === undefined || now < expires.at;
  return { active: exemptions.filter(isActive), expired: exemptions.filter((one) => !isActive(one)) };
}

/** The times that an exemption may have left, as a label of the metric that announces its end. */
export const terms = ['expired', '7d', '30d', 'later', 'never'] as const;

export type Term = (typeof terms)[number];

const day = 86_400_000;

/** How much time the exemption has left at a moment: none, at most 7 days, at most 30, more, or no end. */
export function termOf({ expires }: Exemption, now: number): Term {
  if (expires === undefined) return 'never';
  const left = expires.at - now;
  if (left <= 0) return 'expired';
  if (left <= 7 * day) return '7d';
  return left <= 30 * day ? '30d' : 'later';
}

/**
 * What the exemptions spare in a pod of the namespace; undefined where they spare nothing. A field of the pod itself is
 * spared only where all of its containers are meant: nobody is spared anything by a container beside his own.
 */
export function sparesIn(namespace: string, pod: Pod, exemptions: readonly Exemption[]): Spares | undefined {
  const here = exemptions.filter((one) => isIn(namespace, one));
  if (here.length === 0) return undefined;
  const known = new Map<Container, ReadonlySet<string>>();
  const controlsFor = (container: Container) => {
    const controls = known.get(container) ?? new Set(here.filter(meaning(container)).flatMap((one) => one.controls));
    known.set(container, controls);
    return controls;
  };
  const whole = allContainers(pod);
  return (control, container) => (container ? [container] : whole).every((one) => controlsFor(one).has(control));
}

/** A sentence for each expired exemption that would spare the pod something. */
export function expiryNotes(
  namespace: string,
  pod: Pod,
  active: readonly ActiveControl[],
  expired: readonly Exemption[],
): readonly string[] {
  const would = meantIn(
    namespace,
    pod,
    expired.filter((one) => active.some(({ control, beside }) => !beside && one.controls.includes(control.id))),
  );
  return would.map(({ name, owner, expires }) => {
    return `the exemption ${quoted(name, 63)} expired (${expires?.written}); its owner is ${quoted(owner, 63)}`;
  });
}

/** Those of the exemptions that mean a container of the pod. */
export function meantIn(namespace: string, pod: Pod, exemptions: readonly Exemption[]): readonly Exemption[] {
  const here = exemptions.filter((one) => isIn(namespace, one));
  return here.filter((one) => allContainers(pod).some((container) => meaning(container)(one)));
}

/** Whether any container in the cluster can meet the exemption: whoever creates one chooses its command. */
export function isForAnybody({ match: { namespaces, images } }: Exemption): boolean {
  return images === undefined && (namespaces?.some((pattern) => pattern.every((part) => part === '')) ?? true);
}

function isIn(namespace: string, { match: { namespaces } }: Exemption): boolean {
  return namespaces === undefined || namespaces.some((pattern) => fitsGlob(namespace, pattern));
}

/** Whether an exemption means the container, for many of them. */
function meaning(container: Container): (exemption: Exemption) => boolean {
  const image = container.image == null ? undefined : parseImageReference(container.image);
  return ({ match: { images, command, args } }) => {
    if (command && !isSame(container.command, command)) return false;
    if (args && !isSame(container.args, args)) return false;
    return !images || (image !== undefined && images.some((pattern) => fitsImage(image, pattern)));
  };
}

function isSame(written: readonly string[] | null | undefined, asked: readonly string[]): boolean {
  return written?.length === asked.length && written.every((word, index) => word === asked[index]);
}
