import { decide } from './admission/decide.ts';
import { strictPolicy } from './admission/strictPolicy.ts';
import { parseVersion } from './admission/values.ts';
import { versionHint } from './admission/versionHint.ts';
import { suggestion } from './admission/words.ts';
import { decodePod, PodError } from './policy/decodePod.ts';
import { judge, messageOf } from './policy/evaluate.ts';
import { levels } from './policy/level.ts';
import { toDotted } from './policy/path.ts';
import type { Pod } from './policy/pod.ts';
import { minorOf } from './policy/version.ts';

// This file is the package's interface: its types are all that users see, so they name no type of another file.

/** A level of the Pod Security Standards. */
export type Level = 'privileged' | 'baseline' | 'restricted';

/** The name of a profile: which controls are filled, and the level that they aim at. */
export type ProfileName = 'privileged' | 'baseline' | 'restricted' | 'hardened';

/** What to fill. Each option but `kubernetes` is an annotation that a namespace can have, and means the same. */
export interface HardenOptions {
  /** `restricted` where left out. */
  readonly profile?: ProfileName;
  /** Controls added to the profile or taken out of it: `['+readOnlyRootFilesystem', '-runAsNonRoot']`. */
  readonly controls?: readonly string[];
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  /** `RuntimeDefault` where left out. */
  readonly seccompProfile?: 'RuntimeDefault' | `Localhost/${string}`;
  /** What stays writable beside a read-only root filesystem: absolute paths, `['/tmp']` where left out. */
  readonly writablePaths?: readonly string[];
  /** Whether the pod's own annotation `pod-hardener.io/controls` may ask for less. */
  readonly podOverrides?: 'allowed' | 'forbidden';
  /** The version of the cluster, such as `v1.30`: fields that it does not have are left. */
  readonly kubernetes?: string;
}

/** A pod and what became of it. */
export interface Hardened<T> {
  /** The pod with the fields filled in; the very pod that was given when there are none. */
  readonly pod: T;
  readonly changes: readonly Change[];
  readonly left: readonly Left[];
  /** The JSON Patch (RFC 6902) that makes the one of the other: additions only. */
  readonly patch: readonly AddOperation[];
}

/** One field that was unset, and its value now. */
export interface Change {
  /** The name of the control, which `pod-hardener explain` explains. */
  readonly control: string;
  /** From the pod's root: `spec.containers[0].securityContext.runAsNonRoot`. */
  readonly path: string;
  readonly value: unknown;
  /** The name of the container that the field belongs to; absent for the pod's own fields. */
  readonly container?: string;
}

/** One field that is unset or weak and was not filled, and why. */
export interface Left {
  readonly control: string;
  readonly path: string;
  /** One of the words that docs/controls.md explains, such as `set-by-author`. */
  readonly reason: string;
  readonly container?: string;
}

/** An operation of RFC 6902. */
export interface AddOperation {
  readonly op: 'add';
  /** A JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly value: unknown;
}

/** How a pod stands to a level of the Pod Security Standards. */
export interface Evaluation {
  readonly allowed: boolean;
  /** The highest level that the pod passes. */
  readonly level: Level;
  /** What stands between the pod and the level that was asked for. */
  readonly violations: readonly Violation[];
  /** The violations in the words of Pod Security admission; empty when there are none. */
  readonly message: string;
}

/** One thing that Pod Security admission objects to. */
export interface Violation {
  /** The control that knows about the field. */
  readonly control: string;
  readonly reason: string;
  readonly detail: string;
}

/**
 * The pod with the security settings filled in that its author left out, as the webhook would do it. The pod that is
 * given is not changed, and no value that its author set is replaced. Throws a TypeError for what is no pod, and a
 * RangeError for an option that cannot be understood.
 */
export function harden<T extends object>(pod: T, options: HardenOptions = {}): Hardened<T> {
  const { kubernetes, ...settings } = options;
  const { policy, problems } = strictPolicy(written(settings));
  if (problems.length > 0) throw new RangeError(problems.join('\n'));
  const minor = kubernetes === undefined ? undefined : minorIn(kubernetes);
  const request = { uid: '', operation: 'create', resource: 'pods', namespace: '', dryRun: false } as const;
  const subject = { pod: decode(pod) };
  const { filled, left, operations, intended } = decide({ ...request, subject }, policy, { provenance: false, minor });
  return {
    pod: intended === undefined ? pod : (intended as unknown as T),
    changes: filled.map(({ control, path, value, container }) => ({
      control,
      path: toDotted(path),
      value,
      ...(container !== undefined && { container }),
    })),
    left: left.map(({ path, ...rest }) => ({ ...rest, path: toDotted(path) })),
    patch: operations,
  };
}

/**
 * What the Pod Security Standards say of the pod at a level, in a version: `latest`, or one like `v1.30`. Throws a
 * TypeError for what is no pod, and a RangeError for an unknown level or version.
 */
export function evaluate(pod: object, level: Level = 'restricted', version = 'latest'): Evaluation {
  if (!levels.includes(level)) {
    throw new RangeError(`the level "${level}" is none of ${levels.join(', ')}${suggestion(String(level), levels)}`);
  }
  const { level: highest, violations } = judge(decode(pod), minorIn(version));
  const standing = violations[level];
  return { allowed: standing.length === 0, level: highest, violations: standing, message: messageOf(standing) };
}

function decode(pod: object): Pod {
  try {
    return decodePod(pod);
  } catch (error) {
    if (error instanceof PodError) throw new TypeError(error.message, { cause: error });
    throw error;
  }
}

function minorIn(version: string): number {
  const { value, problems } = parseVersion(version);
  if (problems.length > 0) {
    throw new RangeError(`the version "${version}" is neither latest nor like v1.36${versionHint(version)}`);
  }
  return minorOf(value);
}

/** The options by the keys of a namespace's annotations, and in their words. */
const keys = {
  profile: 'profile',
  controls: 'controls',
  runAsUser: 'run-as-user',
  runAsGroup: 'run-as-group',
  fsGroup: 'fs-group',
  supplementalGroups: 'supplemental-groups',
  seccompProfile: 'seccomp-profile',
  writablePaths: 'writable-paths',
  podOverrides: 'pod-overrides',
} as const satisfies Record<Exclude<keyof HardenOptions, 'kubernetes'>, string>;

function written(settings: Omit<HardenOptions, 'kubernetes'>): Readonly<Record<string, string>> {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [keyOf(name), String(value)]));
}

function keyOf(name: string): string {
  if (Object.hasOwn(keys, name)) return keys[name as keyof typeof keys];
  throw new RangeError(`there is no option "${name}"${suggestion(name, [...Object.keys(keys), 'kubernetes'])}`);
}
