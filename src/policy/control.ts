import type { About } from './about.ts';
import type { Check } from './check.ts';
import type { FromImage } from './fromImage.ts';
import type { AppArmorProfile, Container, ContainerList, Pod, SeccompProfile } from './pod.ts';

/** What is done about a control in a namespace: only recorded, also told to the client, or done. */
export const modes = ['audit', 'warn', 'fill'] as const;

export type Mode = (typeof modes)[number];

/** The one of two modes that does less. */
export function milder(a: Mode, b: Mode): Mode {
  return modes.indexOf(a) < modes.indexOf(b) ? a : b;
}

/** Why a field was not filled. Where several apply, the one that stands first here is given. */
export const reasons = [
  'exempt',
  'pod-override',
  'unsupported-version',
  'windows',
  'set-by-author',
  'privileged',
  'adds-sys-admin',
  'runs-as-root',
  'image-runs-as-root',
  'no-run-as-user',
  'host-namespaces',
  'volume-devices',
  'ephemeral-container',
] as const;

export type Reason = (typeof reasons)[number];

/** The kinds of places that a field is filled in. */
export const scopes = ['pod', 'container', 'init_container', 'ephemeral_container'] as const;

export type Scope = (typeof scopes)[number];

/** A value to fill: plain JSON, of the type that the Kubernetes API has for the field. */
export type FillValue = boolean | number | string | readonly (string | number)[] | SeccompProfile | AppArmorProfile;

/** The values that only an administrator can know; a field without one is never invented. */
export interface GivenValues {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly seccompProfile?: SeccompProfile;
  /** The absolute paths that stay writable beside a read-only root filesystem. */
  readonly writablePaths?: readonly string[];
  /** What becomes of a container whose image may run as root: it is left, filled all the same, or given this user. */
  readonly rootImages?: RootImages;
}

export type RootImages = 'leave' | 'fill' | number;

/** One place of a pod that a request may still change: the pod itself, or one of its containers. */
export interface Target {
  readonly scope: Scope;
  readonly container?: ContainerTarget;
}

export interface ContainerTarget {
  readonly list: ContainerList;
  readonly index: number;
  readonly container: Container;
}

/** What a rule is asked about: one field that nobody has set, in one place. */
export interface Unset {
  readonly pod: Pod;
  readonly windows: boolean;
  readonly values: GivenValues;
  /** Whether this very pass fills another control in the same place. */
  readonly alsoFills: (control: string) => boolean;
}

export interface UnsetInContainer extends Unset {
  readonly scope: Scope;
  readonly container: Container;
  /** Set where the container's user is left to an image with which `runAsNonRoot: true` alone would keep it from starting. */
  readonly fromImage: FromImage | undefined;
}

/** Names the reason for which a rule leaves a field alone. */
export interface Leave {
  readonly reason: Reason;
}

export function leave(reason: Reason): Leave {
  return leaves[reason];
}

const leaves = Object.fromEntries(reasons.map((reason) => [reason, Object.freeze({ reason })])) as Record<
  Reason,
  Leave
>;

interface Rule {
  /** The field, below the `securityContext`. */
  readonly field: readonly [string, ...string[]];
  /** Windows knows no field but `runAsNonRoot`: the API server rejects the others in a Windows pod. */
  readonly os: 'linux' | 'any';
  /** Whether the author's value counts as set; by default any value but null does. */
  readonly isSet?: (value: unknown) => boolean;
  /** Whether a set value is weaker than what would be filled, and so worth telling. */
  readonly isWeaker: (value: unknown) => boolean;
}

/** How a field of the pod's own securityContext is filled. */
export interface PodRule extends Rule {
  readonly scope: 'pod';
  /** Set where the field belongs to the pod's spec itself and not to its securityContext. */
  readonly of?: 'spec';
  /** Called only when the field is unset: the value to fill, the reason to leave it, or undefined when none is missed. */
  readonly fill: (unset: Unset) => FillValue | Leave | undefined;
}

/** How a field of a container's securityContext is filled. */
export interface ContainerRule extends Rule {
  readonly scope: 'container';
  /** Whether an unset value is taken from the pod's securityContext. */
  readonly inherits: boolean;
  /** Set where the rule fills ephemeral containers only, because the pod's own field serves the others. */
  readonly only?: 'ephemeral_container';
  /** As a PodRule's. */
  readonly fill: (unset: UnsetInContainer) => FillValue | Leave | undefined;
  /** The container's paths that would stop being writable with the field: each is given a volume of its own. */
  readonly keepsWritable?: (unset: UnsetInContainer) => readonly string[];
}

/** One security field (or inseparable group) and all that is known of it. */
export interface Control {
  /** The API's name of the field. */
  readonly id: string;
  readonly about: About;
  /** Set when the control takes part only where the administrator gives this value. */
  readonly given?: keyof GivenValues;
  /** The control that it is filled beside, also without being given, where a container would not start otherwise. */
  readonly beside?: string;
  /** The minor of Kubernetes 1 since which the field exists; absent for those that are older than anything supported. */
  readonly since?: number;
  /** How its fields are filled; absent for what is only checked. */
  readonly rules?: readonly (PodRule | ContainerRule)[];
  /** The reasons that its own rules give; `reasonsOf` adds those that any control is left with. */
  readonly leaves?: readonly Reason[];
  /** What the Pod Security Standards ask of its fields. */
  readonly checks?: readonly Check[];
}
