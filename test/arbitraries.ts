import fc from 'fast-check';
import type { Pod } from '../src/policy/pod.ts';
import { cloneOf, type Json } from './pods.ts';

/** A fixed seed, so that a run can be repeated; fast-check prints it, and the counterexample, when a property fails. */
export const runs = { seed: 20251121, numRuns: 200 };

/** Of any characters, halves of pairs included. fast-check's own strings of this kind begin with a table of them all. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  const character = fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code));
  return fc.array(character, { maxLength }).map((characters) => characters.join(''));
}

/** Nothing most of the time, else the value. */
function rarely<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

/** An object of the members, and rarely of one with an odd key, such as `__proto__`, besides. */
function objectOf(members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Json> {
  const all = Object.entries(members).map(([key, value]) => fc.tuple(fc.constant(key), value));
  return fc.tuple(fc.tuple(...all), rarely(oddMember)).map(([entries, odd]) => {
    return Object.fromEntries(odd ? [...entries, odd] : entries);
  });
}

/** The value, or unset in one of its two ways; `cloneOf` leaves out what is undefined. */
function optional(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const none = fc.constantFrom(undefined, undefined, null);
  return fc.oneof({ weight: 2, arbitrary: value }, { weight: 1, arbitrary: none });
}

const oddKey = fc.constantFrom('__proto__', 'constructor', 'toString', 'a/b', 'c~d', '~1', '', 'unknown', 'x.y[0]');
const oddValue = fc.constantFrom<unknown>(null, 0, false, '', 'text', [], [null], {}, { deep: [{ a: 1 }] });
const oddMember = fc.tuple(oddKey, oddValue);
const name = fc.oneof(
  fc.constantFrom('app', 'proxy', 'a/b', 'c~d', '~01', '__proto__', 'constructor', ''),
  fc.string(),
);
const id = fc.constantFrom(0, 1, 1000, 2147483647);
const boolean = fc.boolean();
const capability = fc.constantFrom('ALL', 'all', 'NET_RAW', 'SYS_ADMIN', 'CAP_SYS_ADMIN');
const capabilities = objectOf({
  add: optional(fc.array(capability, { maxLength: 3 })),
  drop: optional(fc.array(capability, { maxLength: 3 })),
});
const seccompProfile = objectOf({
  type: fc.constantFrom('RuntimeDefault', 'Unconfined', 'Localhost'),
  localhostProfile: fc.constantFrom('app.json', null),
});
const windowsOptions = objectOf({
  hostProcess: optional(boolean),
  runAsUserName: fc.constantFrom('ContainerUser', 'containeradministrator', null),
});
const shared = {
  runAsNonRoot: optional(boolean),
  runAsUser: optional(id),
  runAsGroup: optional(id),
  seccompProfile: optional(seccompProfile),
};
const podContext = objectOf({
  ...shared,
  fsGroup: optional(id),
  fsGroupChangePolicy: optional(fc.constantFrom('Always', 'OnRootMismatch')),
  supplementalGroups: optional(fc.array(id, { maxLength: 2 })),
});
const containerContext = objectOf({
  ...shared,
  privileged: optional(boolean),
  allowPrivilegeEscalation: optional(boolean),
  capabilities: optional(capabilities),
  readOnlyRootFilesystem: optional(boolean),
});

/** A context that is rarely a Windows one. */
function withWindows(context: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc.tuple(context, rarely(rarely(windowsOptions))).map(([one, options]) => {
    return options ? { ...one, windowsOptions: options } : one;
  });
}

const volumeName = fc.constantFrom('pod-hardener-1', 'pod-hardener-2', 'scratch');
const mountPath = fc.constantFrom('/tmp', '/tmp/', '//tmp/./a/..', '/tmp/ray', '/var', '/var/cache/app', 'tmp', '/');
const image = fc.constantFrom('web', 'web', 'job', 'registry.example/app:1', '', '__proto__');

/** What is known of images, as `evidenceOf` reads it: of some of those of `pods`, and nothing of others. */
export const imageUsers = fc.dictionary(
  image,
  fc.constantFrom('root', 'named', 'named 1000', 'uid 1000', 'uid 0', 'named 0'),
);

const container = objectOf({
  name,
  image: optional(image),
  securityContext: optional(withWindows(containerContext)),
  volumeMounts: optional(fc.array(objectOf({ name: volumeName, mountPath }), { maxLength: 3 })),
  volumeDevices: rarely(fc.array(objectOf({ name: volumeName, devicePath: mountPath }), { maxLength: 1 })),
});
const containers = fc.array(container, { maxLength: 6 });

const seccompAnnotation = fc.tuple(
  fc.constantFrom('seccomp.security.alpha.kubernetes.io/pod', 'container.seccomp.security.alpha.kubernetes.io/app'),
  fc.constantFrom('unconfined', 'runtime/default', 'docker/default', 'localhost/app.json'),
);
const ownAnnotation = fc.tuple(
  fc.constantFrom('pod-hardener.io/filled', 'pod-hardener.io/controls'),
  fc.oneof(fc.constantFrom('-capabilities', 'runAsNonRoot=audit', 'app/capabilities,seccompProfile'), fc.string()),
);
const evictionAnnotation = fc.tuple(
  fc.constant('cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes'),
  fc.constantFrom('', 'scratch'),
);
const annotations = fc
  .array(fc.oneof(seccompAnnotation, ownAnnotation, evictionAnnotation, fc.tuple(oddKey, fc.string())), {
    maxLength: 3,
  })
  .map(Object.fromEntries<string>);

const metadata = objectOf({
  name: fc.constant('demo'),
  annotations: optional(annotations),
  labels: optional(fc.array(fc.tuple(oddKey, fc.string())).map(Object.fromEntries<string>)),
});

function asksFor(os: string): Json {
  return { key: 'kubernetes.io/os', operator: 'In', values: [os] };
}

const nodeTerm = objectOf({
  matchExpressions: optional(fc.array(fc.constantFrom('windows', 'linux').map(asksFor), { maxLength: 2 })),
});
const nodeAffinity = objectOf({
  requiredDuringSchedulingIgnoredDuringExecution: optional(
    objectOf({ nodeSelectorTerms: optional(fc.array(nodeTerm, { maxLength: 2 })) }),
  ),
});

const spec = objectOf({
  securityContext: optional(withWindows(podContext)),
  initContainers: optional(containers),
  containers,
  ephemeralContainers: optional(containers),
  volumes: optional(fc.uniqueArray(volumeName).map((names) => names.map((one) => ({ name: one, emptyDir: {} })))),
  affinity: optional(objectOf({ nodeAffinity: optional(nodeAffinity) })),
  nodeSelector: optional(fc.constantFrom({}, { disk: 'ssd' }, { disk: 'ssd' }, { 'kubernetes.io/os': 'windows' })),
  os: rarely(fc.constantFrom({ name: 'linux' }, { name: 'windows' }, {})),
});

/** Pods of every shape that the API server could send, and of some that only a client could have written. */
export const pods: fc.Arbitrary<Pod> = fc
  .tuple(optional(metadata), spec)
  .map(([meta, one]) => cloneOf<unknown>({ apiVersion: 'v1', kind: 'Pod', metadata: meta, spec: one }) as Pod);

const goodValues: Readonly<Record<string, readonly string[]>> = {
  'profile-version': ['latest', 'v1.30', ' V1.36 '],
  mode: ['fill', 'fill', ' FILL ', 'warn', 'audit'],
  controls: ['-runAsNonRoot', 'capabilities=audit', 'runAsUser=audit', '+fsGroup', 'seccompProfile=warn,+runAsUser'],
  'run-as-user': ['1000', '2147483647'],
  'run-as-group': ['3000'],
  'fs-group': ['2000'],
  'supplemental-groups': ['2000,3000'],
  'seccomp-profile': ['RuntimeDefault', 'Localhost/app.json'],
  'root-images': ['leave', ' FILL ', '1000'],
  'writable-paths': ['/tmp', '/tmp,/var/cache'],
  'pod-overrides': ['allowed', 'forbidden'],
  'shadow-profile': ['restricted', 'hardened@v1.30', ' Baseline '],
};

const nonsense = fc.oneof(
  fc.string({ maxLength: 40 }),
  anyText(40),
  fc.constantFrom(
    '',
    ' ',
    ',,',
    '0',
    '-1',
    '1e3',
    '2147483648',
    '__proto__',
    '+__proto__',
    'constructor=fill',
    '-=,=',
    '//',
  ),
);

/** What a namespace says, without our prefix: mostly sense, now and then nonsense. */
export const namespaceAnnotations = fc
  .tuple(
    ...Object.entries(goodValues).map(([key, good]) =>
      fc.option(
        fc
          .oneof({ weight: 4, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: nonsense })
          .map((value) => [key, value] as const),
      ),
    ),
  )
  .map((entries) => Object.fromEntries(entries.filter((entry) => entry !== null)));

/** Nonsense for every key, and keys that nobody reads. */
export const nonsenseAnnotations = fc
  .tuple(
    ...Object.keys(goodValues).map((key) => nonsense.map((value) => [key, value] as const)),
    fc.tuple(oddKey, nonsense),
  )
  .map((entries) => Object.fromEntries<string>(entries));

export const profiles = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('restricted', 'baseline', 'hardened', 'privileged') },
  { weight: 1, arbitrary: nonsense },
);

/** A value with one part of it, anywhere, replaced by any other JSON. */
export function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(values, fc.nat(), fc.jsonValue({ maxDepth: 2 })).map(([value, place, replacement]) => {
    const copy = cloneOf({ value });
    const slots = slotsOf(copy);
    const slot = slots[place % slots.length];
    if (slot) slot.branch[slot.key] = cloneOf(replacement);
    return copy.value;
  });
}

interface Slot {
  readonly branch: Json;
  readonly key: string;
}

function slotsOf(value: unknown): Slot[] {
  if (typeof value !== 'object' || value === null) return [];
  const branch = value as Json;
  return Object.keys(branch)
    .filter((key) => key !== '__proto__')
    .flatMap((key) => [{ branch, key }, ...slotsOf(branch[key])]);
}
