import type { Container, Pod } from '../src/policy/pod.ts';
import type { Json } from './pods.ts';

/**
 * What a real API server, and after it the kubelet, was seen to refuse of the fields that are filled here, as
 * sentences. Written without a look at the controls.
 */
export function refusalsOf(pod: Pod): readonly string[] {
  const { spec } = pod;
  const lists = { init: spec.initContainers, ordinary: spec.containers, ephemeral: spec.ephemeralContainers };
  const places = Object.entries(lists).flatMap(([kind, list]) =>
    (list ?? []).map((container, index) => ({ at: `${kind}[${index}]`, container })),
  );
  const volumes = (spec.volumes ?? []).map((volume) => volume.name);
  return [
    ...repeated(volumes).map((name) => `volume ${name} twice`),
    ...refusalsAt('pod', pod, spec.securityContext, 'seccomp.security.alpha.kubernetes.io/pod'),
    ...places.flatMap(({ at, container }) => [
      ...refusalsAt(
        at,
        pod,
        container.securityContext,
        `container.seccomp.security.alpha.kubernetes.io/${container.name}`,
      ),
      ...refusalsIn(at, pod, container),
      ...mountRefusals(at, container, volumes),
    ]),
  ];
}

const linuxFields = [
  'seccompProfile',
  'runAsUser',
  'runAsGroup',
  'fsGroup',
  'fsGroupChangePolicy',
  'supplementalGroups',
  'readOnlyRootFilesystem',
  'allowPrivilegeEscalation',
  'capabilities',
];

function refusalsAt(at: string, pod: Pod, context: unknown, annotation: string): readonly string[] {
  const fields = (context ?? {}) as Json;
  const forbidden = pod.spec.os?.name === 'windows' ? linuxFields.filter((field) => fields[field] != null) : [];
  const said = pod.metadata?.annotations?.[annotation];
  const profile = fields.seccompProfile as Json | null | undefined;
  const differs = said !== undefined && profile != null && !allowedWords(profile).includes(said);
  return [...forbidden.map((field) => `${at}: ${field} on Windows`), ...(differs ? [`${at}: seccomp differs`] : [])];
}

function allowedWords({ type, localhostProfile }: Json): readonly string[] {
  if (type === 'RuntimeDefault') return ['runtime/default', 'docker/default'];
  return type === 'Localhost' ? [`localhost/${localhostProfile}`] : ['unconfined'];
}

function refusalsIn(at: string, { spec }: Pod, { securityContext }: Container): readonly string[] {
  const { privileged, allowPrivilegeEscalation, capabilities } = securityContext ?? {};
  const user = securityContext?.runAsUser ?? spec.securityContext?.runAsUser;
  const nonRoot = securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot;
  const confined = allowPrivilegeEscalation === false;
  return [
    ...(confined && privileged ? [`${at}: privileged without escalation`] : []),
    ...(confined && capabilities?.add?.includes('CAP_SYS_ADMIN') ? [`${at}: CAP_SYS_ADMIN without escalation`] : []),
    ...(nonRoot === true && user === 0 ? [`${at}: root as non-root`] : []),
  ];
}

/** The API server compares the paths of a container's mounts and devices as they are written. */
function mountRefusals(at: string, container: Container, volumes: readonly string[]): readonly string[] {
  const mounts = (container.volumeMounts ?? []) as readonly Json[];
  const devices = (container.volumeDevices ?? []) as readonly Json[];
  const paths = [...mounts.map(({ mountPath }) => mountPath), ...devices.map(({ devicePath }) => devicePath)];
  const unknown = mounts.filter(({ name }) => !volumes.includes(String(name)));
  return [
    ...repeated(paths).map((path) => `${at}: ${path} twice`),
    ...unknown.map(({ name }) => `${at}: no volume ${name}`),
  ];
}

function repeated(items: readonly unknown[]): readonly unknown[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}
