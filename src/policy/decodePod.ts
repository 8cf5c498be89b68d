import { type Path, toDotted } from './path.ts';
import { containerLists, type Pod } from './pod.ts';
import { clip, oneLine } from './text.ts';

/** Says in one sentence which part of a value is not what a Pod must have there. */
export class PodError extends Error {
  override readonly name = 'PodError';
  /** Where that part stands, or should, from the pod's root. */
  readonly path: Path;

  constructor(message: string, path: Path) {
    super(message);
    this.path = path;
  }
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The value as a Pod: every part that the controls walk through has the type that they rely on.
 * Throws a PodError that names the first part that has not.
 */
export function decodePod(value: unknown): Pod {
  const pod = requireObject(value, []);
  decodeMetadata(pod);
  const spec = requireObject(pod.spec, ['spec']);
  decodePodContext(spec);
  requireArray(spec.containers, ['spec', 'containers']);
  for (const list of containerLists) decodeContainers(spec[list], ['spec', list]);
  decodePlacement(spec);
  decodeVolumes(spec);
  return pod as unknown as Pod;
}

function decodeMetadata(pod: Json): void {
  const metadata = optionalObject(pod.metadata, ['metadata']);
  optionalStrings(metadata?.annotations, ['metadata', 'annotations']);
}

function decodePodContext(spec: Json): void {
  const path = ['spec', 'securityContext'];
  const context = optionalObject(spec.securityContext, path);
  if (!context) return;
  decodeSharedContext(context, path);
  eachObject(context.sysctls, [...path, 'sysctls'], (sysctl, at) => requireString(sysctl.name, [...at, 'name']));
}

function decodeContainers(value: unknown, path: Path): void {
  eachObject(value, path, (container, at) => {
    requireString(container.name, [...at, 'name']);
    optionalString(container.image, [...at, 'image']);
    for (const list of ['command', 'args']) decodeStringList(container[list], [...at, list]);
    decodeContainerContext(container.securityContext, [...at, 'securityContext']);
    eachObject(container.ports, [...at, 'ports'], (port, portAt) => {
      for (const key of ['hostPort', 'containerPort']) optionalNumber(port[key], [...portAt, key]);
    });
    decodePaths(container, 'volumeDevices', 'devicePath', at);
    decodePaths(container, 'volumeMounts', 'mountPath', at);
    for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'])
      decodeAction(container[probe], [...at, probe]);
    const lifecycle = optionalObject(container.lifecycle, [...at, 'lifecycle']);
    for (const hook of ['postStart', 'preStop']) decodeAction(lifecycle?.[hook], [...at, 'lifecycle', hook]);
  });
}

function decodePaths(container: Json, list: string, key: string, path: Path): void {
  eachObject(container[list], [...path, list], (item, at) => optionalString(item[key], [...at, key]));
}

function decodeAction(value: unknown, path: Path): void {
  const action = optionalObject(value, path);
  for (const kind of ['httpGet', 'tcpSocket']) {
    optionalString(optionalObject(action?.[kind], [...path, kind])?.host, [...path, kind, 'host']);
  }
}

function decodeVolumes(spec: Json): void {
  eachObject(spec.volumes, ['spec', 'volumes'], (volume, at) => requireString(volume.name, [...at, 'name']));
}

function decodeContainerContext(value: unknown, path: Path): void {
  const context = optionalObject(value, path);
  if (!context) return;
  decodeSharedContext(context, path);
  optionalString(context.procMount, [...path, 'procMount']);
  const capabilities = optionalObject(context.capabilities, [...path, 'capabilities']);
  if (!capabilities) return;
  for (const list of ['add', 'drop']) decodeStringList(capabilities[list], [...path, 'capabilities', list]);
}

function decodeSharedContext(context: Json, path: Path): void {
  decodeStrings(context.seccompProfile, [...path, 'seccompProfile'], ['type', 'localhostProfile']);
  decodeStrings(context.appArmorProfile, [...path, 'appArmorProfile'], ['type', 'localhostProfile']);
  decodeStrings(context.seLinuxOptions, [...path, 'seLinuxOptions'], ['type', 'user', 'role']);
  decodeStrings(context.windowsOptions, [...path, 'windowsOptions'], ['runAsUserName']);
}

/** An object, or nothing, whose named members are strings or nothing. */
function decodeStrings(value: unknown, path: Path, keys: readonly string[]): void {
  const object = optionalObject(value, path);
  for (const key of keys) optionalString(object?.[key], [...path, key]);
}

/** What decides about Windows: the operating system, the node selector and the required node affinity. */
function decodePlacement(spec: Json): void {
  optionalObject(spec.os, ['spec', 'os']);
  optionalStrings(spec.nodeSelector, ['spec', 'nodeSelector']);
  const path: (string | number)[] = ['spec'];
  let value: Json | undefined = spec;
  for (const key of ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution']) {
    path.push(key);
    value = optionalObject(value[key], path);
    if (!value) return;
  }
  const terms = [...path, 'nodeSelectorTerms'];
  optionalArray(value.nodeSelectorTerms, terms)?.forEach((term, index) => {
    decodeExpressions(requireObject(term, [...terms, index]), [...terms, index, 'matchExpressions']);
  });
}

function decodeExpressions(term: Json, path: Path): void {
  optionalArray(term.matchExpressions, path)?.forEach((item, index) => {
    const expression = requireObject(item, [...path, index]);
    decodeStringList(expression.values, [...path, index, 'values']);
  });
}

/** Visits the members of a list of objects, where there is one. */
function eachObject(value: unknown, path: Path, visit: (item: Json, at: Path) => void): void {
  if (value == null) return;
  for (const [index, item] of requireArray(value, path).entries()) {
    const at = [...path, index];
    visit(requireObject(item, at), at);
  }
}

function requireString(value: unknown, path: Path): void {
  if (typeof value !== 'string') fail(path, 'a string', value);
}

function optionalString(value: unknown, path: Path): void {
  if (value != null) requireString(value, path);
}

function optionalNumber(value: unknown, path: Path): void {
  if (value != null && typeof value !== 'number') fail(path, 'a number', value);
}

function requireObject(value: unknown, path: Path): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, 'an object', value);
  return value as Json;
}

function optionalObject(value: unknown, path: Path): Json | undefined {
  return value == null ? undefined : requireObject(value, path);
}

function requireArray(value: unknown, path: Path): readonly unknown[] {
  if (!Array.isArray(value)) fail(path, 'a list', value);
  return value as readonly unknown[];
}

function optionalArray(value: unknown, path: Path): readonly unknown[] | undefined {
  return value == null ? undefined : requireArray(value, path);
}

function decodeStringList(value: unknown, path: Path): void {
  if (value == null) return;
  requireArray(value, path).forEach((item, index) => {
    if (typeof item !== 'string') fail([...path, index], 'a string', item);
  });
}

function optionalStrings(value: unknown, path: Path): void {
  const object = optionalObject(value, path);
  if (!object) return;
  for (const key of Object.keys(object)) {
    if (typeof object[key] !== 'string') fail([...path, key], 'a string', object[key]);
  }
}

function fail(path: Path, expected: string, value: unknown): never {
  throw new PodError(`${readable(path) || 'the pod'} is ${kindOf(value)}, not ${expected}`, path);
}

/** The path on one line: its keys are whatever somebody has written. */
function readable(path: Path): string {
  return clip(oneLine(toDotted(path)), 200);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
