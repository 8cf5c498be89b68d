import { decodePod } from '../src/policy/decodePod.ts';
import type { Pod } from '../src/policy/pod.ts';

export type Json = Record<string, unknown>;

/** A pod of the containers, with more members of its spec and its metadata where a test needs them. */
export function podOf(containers: readonly Json[], spec: Json = {}, metadata: Json = { name: 'demo' }): Pod {
  return decodePod({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, ...spec } });
}

/** A container that says nothing about security, or what its securityContext is given. */
export function containerOf(name: string, securityContext?: unknown): Json {
  return { name, image: 'registry.example/app:1', ...(securityContext !== undefined && { securityContext }) };
}

/** The pod with these annotations. */
export function annotated(pod: Pod, annotations: Readonly<Record<string, string>>): Pod {
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}

/** A copy through JSON's text, so that it shares nothing with the value. */
export function cloneOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The value, frozen with everything in it: whoever writes to it throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key of Object.keys(value)) deepFreeze((value as Json)[key]);
  return value;
}
