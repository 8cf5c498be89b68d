import fc from 'fast-check';
import type { Container, Pod, PodSpec, Volume } from '../src/policy/pod.ts';

type Loose = Record<string, unknown>;

const capabilities = ['NET_BIND_SERVICE', 'CHOWN', 'SETUID', 'NET_ADMIN', 'NET_RAW', 'SYS_ADMIN', 'SYS_PTRACE', 'ALL'];

const seccomp = fc.constantFrom<Loose>(
  { type: 'RuntimeDefault' },
  { type: 'Unconfined' },
  { type: 'Localhost', localhostProfile: 'profiles/app.json' },
);
const appArmor = fc.constantFrom<Loose>(
  { type: 'RuntimeDefault' },
  { type: 'Unconfined' },
  { type: 'Localhost', localhostProfile: 'app' },
);
const seLinux = fc.record(
  {
    type: fc.constantFrom('container_t', 'container_engine_t', 'spc_t', 'unconfined_t', ''),
    user: fc.constantFrom('system_u', ''),
    role: fc.constantFrom('system_r', ''),
    level: fc.constant('s0:c1,c2'),
  },
  { requiredKeys: [] },
);

const shared = {
  runAsNonRoot: fc.boolean(),
  runAsUser: fc.constantFrom(0, 1000),
  seccompProfile: seccomp,
  appArmorProfile: appArmor,
  seLinuxOptions: seLinux,
};

const containerContext = fc.record(
  {
    ...shared,
    privileged: fc.boolean(),
    allowPrivilegeEscalation: fc.boolean(),
    capabilities: fc.record(
      {
        add: fc.uniqueArray(fc.constantFrom(...capabilities), { maxLength: 3 }),
        drop: fc.uniqueArray(fc.constantFrom('ALL', 'all', 'NET_RAW'), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    procMount: fc.constantFrom('Default', 'Unmasked'),
  },
  { requiredKeys: [] },
);

const host = fc.constantFrom('example.com', '10.1.2.3', '');
const action = fc.oneof(
  fc.record({ httpGet: fc.record({ port: fc.constant(80), host }) }),
  fc.record({ tcpSocket: fc.record({ port: fc.constant(80), host }) }),
);

const containerFields = {
  securityContext: containerContext,
  ports: fc.uniqueArray(
    fc.record(
      { containerPort: fc.integer({ min: 80, max: 99 }), hostPort: fc.constantFrom(8080, 9090, 443) },
      { requiredKeys: ['containerPort'] },
    ),
    { maxLength: 2, selector: ({ containerPort }) => containerPort },
  ),
  livenessProbe: action,
  lifecycle: fc.record({ preStop: action, postStart: action }, { requiredKeys: [] }),
};

const volumeSources = fc.constantFrom<Loose>(
  { emptyDir: {} },
  {},
  { configMap: { name: 'settings' } },
  { secret: { secretName: 'key' } },
  { persistentVolumeClaim: { claimName: 'data' } },
  { hostPath: { path: '/var/log' } },
  { nfs: { server: 'files.example', path: '/' } },
  { iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2001-04.com.example:storage', lun: 0 } },
  { cephfs: { monitors: ['10.0.0.1:6789'] } },
  { gcePersistentDisk: { pdName: 'disk' } },
);

const sysctls = fc.uniqueArray(
  fc.constantFrom(
    { name: 'net.ipv4.ip_local_port_range', value: '1024 65535' },
    { name: 'net.ipv4.ip_local_reserved_ports', value: '1000' },
    { name: 'net.ipv4.tcp_keepalive_time', value: '60' },
    { name: 'net.ipv4.tcp_rmem', value: '4096 131072 6291456' },
    { name: 'net.core.somaxconn', value: '1024' },
    { name: 'kernel.msgmax', value: '65536' },
  ),
  { maxLength: 3, selector: ({ name }) => name },
);

const podContext = fc.record({ ...shared, sysctls }, { requiredKeys: [] });

const seccompAnnotations = fc.dictionary(
  fc.constantFrom(
    'seccomp.security.alpha.kubernetes.io/pod',
    'container.seccomp.security.alpha.kubernetes.io/c0',
    'container.seccomp.security.alpha.kubernetes.io/i0',
  ),
  fc.constantFrom('runtime/default', 'unconfined', 'localhost/app', 'docker/default'),
  { maxKeys: 2 },
);
const appArmorAnnotations = fc.dictionary(
  fc.constantFrom(
    'container.apparmor.security.beta.kubernetes.io/c0',
    'container.apparmor.security.beta.kubernetes.io/c1',
  ),
  fc.constantFrom('runtime/default', 'unconfined', 'localhost/app'),
  { maxKeys: 2 },
);

/** Containers named by a letter and their index, with the fields of the given arbitraries, most of them left out. */
function containers(letter: string, minLength: number): fc.Arbitrary<readonly Container[]> {
  return fc
    .array(fc.record(containerFields, { requiredKeys: [] }), { minLength, maxLength: 3 })
    .map((list) =>
      list.map((fields, index) => ({ name: `${letter}${index}`, image: 'example.com/app:1', ...fields }) as Container),
    );
}

/**
 * Pods that violate the Pod Security Standards in every way, alone and together. Combinations that the API server
 * refuses for other reasons are mended, so that most of the pods are valid.
 */
export const violatingPods: fc.Arbitrary<Pod> = fc
  .record({
    annotations: fc.oneof(
      { weight: 6, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: seccompAnnotations },
      { weight: 1, arbitrary: appArmorAnnotations },
    ),
    initContainers: fc.oneof(fc.constant<readonly Container[]>([]), containers('i', 0)),
    containers: containers('c', 1),
    spec: fc.record(
      {
        hostNetwork: fc.boolean(),
        hostPID: fc.boolean(),
        hostIPC: fc.boolean(),
        hostUsers: fc.boolean(),
        securityContext: podContext,
        volumes: fc
          .array(volumeSources, { maxLength: 4 })
          .map((list): readonly Volume[] => list.map((source, index) => ({ name: `v${index}`, ...source }))),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ annotations, initContainers, containers: main, spec }) =>
    mended({
      metadata: { name: 'p', annotations },
      // An init container has neither probes nor lifecycle handlers.
      spec: { ...(spec as Partial<PodSpec>), initContainers: initContainers.map(withoutActions), containers: main },
    }),
  );

/** The pod without what the API server would refuse it for, whatever the Pod Security Standards say. */
function mended({ metadata, spec }: Pod): Pod {
  const { hostNetwork, hostPID, hostIPC, ...rest } = spec;
  const isolated = spec.hostUsers === false;
  const taken = new Set<number>();
  const mend = (container: Container) =>
    mendedContainer(container, { hostUsers: !isolated, hostNetwork: !isolated && hostNetwork === true, taken });
  return {
    metadata: { ...metadata, annotations: ofContainers(metadata?.annotations ?? {}, spec.containers.length) },
    spec: {
      ...rest,
      ...(!isolated && { hostNetwork, hostPID, hostIPC }),
      initContainers: (spec.initContainers ?? []).map(mend),
      containers: spec.containers.map(mend),
    },
  };
}

interface Surroundings {
  readonly hostUsers: boolean;
  readonly hostNetwork: boolean;
  /** The ports of the node that other containers use. */
  readonly taken: Set<number>;
}

function mendedContainer(container: Container, { hostUsers, hostNetwork, taken }: Surroundings): Container {
  const { procMount, allowPrivilegeEscalation, ...context } = container.securityContext ?? {};
  const ports = (container.ports ?? []).filter(({ containerPort, hostPort }) => {
    const used = hostNetwork ? containerPort : hostPort;
    if (used == null) return true;
    if (taken.has(used)) return false;
    taken.add(used);
    return true;
  });
  return {
    ...container,
    ports: ports.map((port) => (hostNetwork ? { containerPort: port.containerPort } : port)),
    ...(container.securityContext && {
      securityContext: {
        ...context,
        ...(procMount !== undefined && (!hostUsers || procMount === 'Default') && { procMount }),
        ...(allowPrivilegeEscalation !== undefined && {
          allowPrivilegeEscalation: allowPrivilegeEscalation || context.privileged === true,
        }),
      },
    }),
  };
}

function ofContainers(annotations: Readonly<Record<string, string>>, count: number): Record<string, string> {
  const names = Object.keys(annotations).filter((key) => !key.includes('apparmor') || Number(key.slice(-1)) < count);
  return Object.fromEntries(names.map((key) => [key, annotations[key] ?? '']));
}

function withoutActions({ livenessProbe: _, lifecycle: __, ...rest }: Container): Container {
  return rest;
}
