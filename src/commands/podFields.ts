import { type Path, toDotted } from '../policy/path.ts';

/** What may stand at a place: a value of a type, an object with these members (and any others), or a list of such. */
type Shape = 'boolean' | 'integer' | 'string' | { readonly [key: string]: Shape } | readonly [Shape];

const seccompProfile = { type: 'string', localhostProfile: 'string' } as const;

const shared = {
  runAsNonRoot: 'boolean',
  runAsUser: 'integer',
  runAsGroup: 'integer',
  seccompProfile,
  appArmorProfile: seccompProfile,
  seLinuxOptions: { type: 'string', user: 'string', role: 'string', level: 'string' },
  windowsOptions: { hostProcess: 'boolean', runAsUserName: 'string' },
} as const;

const action = { httpGet: { host: 'string' }, tcpSocket: { host: 'string' } } as const;

const container = {
  name: 'string',
  image: 'string',
  securityContext: {
    ...shared,
    privileged: 'boolean',
    allowPrivilegeEscalation: 'boolean',
    readOnlyRootFilesystem: 'boolean',
    procMount: 'string',
    capabilities: { add: ['string'], drop: ['string'] },
  },
  volumeMounts: [{ name: 'string', mountPath: 'string' }],
  volumeDevices: [{ name: 'string', devicePath: 'string' }],
  ports: [{ hostPort: 'integer', containerPort: 'integer' }],
  livenessProbe: action,
  readinessProbe: action,
  startupProbe: action,
  lifecycle: { postStart: action, preStop: action },
} as const;

const pod: Shape = {
  metadata: { name: 'string', namespace: 'string' },
  spec: {
    hostNetwork: 'boolean',
    hostPID: 'boolean',
    hostIPC: 'boolean',
    hostUsers: 'boolean',
    os: { name: 'string' },
    securityContext: {
      ...shared,
      fsGroup: 'integer',
      fsGroupChangePolicy: 'string',
      supplementalGroups: ['integer'],
      supplementalGroupsPolicy: 'string',
      sysctls: [{ name: 'string', value: 'string' }],
    },
    volumes: [{ name: 'string', hostPath: { path: 'string' }, emptyDir: {} }],
    initContainers: [container],
    containers: [container],
    ephemeralContainers: [container],
  },
};

/** A part of a pod that the API server would refuse, and why. */
export interface Misfit {
  readonly path: Path;
  readonly problem: string;
}

/**
 * The first of the fields that the Pod Security Standards are about that is of a type which no API server accepts;
 * undefined when all are right.
 */
export function misfitIn(value: unknown): Misfit | undefined {
  return misfitAt(value, pod, []);
}

function misfitAt(value: unknown, shape: Shape, path: Path): Misfit | undefined {
  if (value == null) return undefined;
  const expected = nameOf(shape);
  if (typeOf(value) !== expected) {
    return { path, problem: `${toDotted(path) || 'the pod'} is ${articled(typeOf(value))}, not ${articled(expected)}` };
  }
  if (typeof shape === 'string') return undefined;
  for (const [key, member, inner] of membersOf(value as object, shape)) {
    const misfit = misfitAt(member, inner, [...path, key]);
    if (misfit) return misfit;
  }
  return undefined;
}

function membersOf(
  value: object,
  shape: Exclude<Shape, string>,
): readonly (readonly [string | number, unknown, Shape])[] {
  if (isListShape(shape)) return (value as readonly unknown[]).map((item, index) => [index, item, shape[0]]);
  return Object.entries(shape).map(([key, inner]) => [key, (value as Record<string, unknown>)[key], inner]);
}

function isListShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function nameOf(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  return isListShape(shape) ? 'list' : 'object';
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function articled(name: string): string {
  return `${/^[aeio]/.test(name) ? 'an' : 'a'} ${name}`;
}
