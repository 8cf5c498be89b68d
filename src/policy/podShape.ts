import { boolean, integer, list, object, record, string } from './shapes.ts';

const profile = object({ type: string, localhostProfile: string });

const shared = {
  runAsNonRoot: boolean,
  runAsUser: integer,
  runAsGroup: integer,
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: object({ type: string, user: string, role: string, level: string }),
  windowsOptions: object({ hostProcess: boolean, runAsUserName: string }),
};

const ofHost = object({ host: string });
const action = object({ httpGet: ofHost, tcpSocket: ofHost });

const container = object(
  {
    name: string,
    image: string,
    command: list(string),
    args: list(string),
    securityContext: object({
      ...shared,
      privileged: boolean,
      allowPrivilegeEscalation: boolean,
      readOnlyRootFilesystem: boolean,
      procMount: string,
      capabilities: object({ add: list(string), drop: list(string) }),
    }),
    ports: list(object({ hostPort: integer, containerPort: integer })),
    volumeDevices: list(object({ name: string, devicePath: string })),
    volumeMounts: list(object({ name: string, mountPath: string })),
    livenessProbe: action,
    readinessProbe: action,
    startupProbe: action,
    lifecycle: object({ postStart: action, preStop: action }),
  },
  ['name'],
);

const expression = object({ key: string, operator: string, values: list(string) });
const terms = list(object({ matchExpressions: list(expression) }));

const spec = object(
  {
    securityContext: object({
      ...shared,
      fsGroup: integer,
      fsGroupChangePolicy: string,
      supplementalGroups: list(integer),
      supplementalGroupsPolicy: string,
      sysctls: list(object({ name: string, value: string }, ['name'])),
    }),
    initContainers: list(container),
    containers: list(container),
    ephemeralContainers: list(container),
    hostNetwork: boolean,
    hostPID: boolean,
    hostIPC: boolean,
    hostUsers: boolean,
    // What decides about Windows: the operating system, the node selector and the required node affinity.
    os: object({ name: string }),
    nodeSelector: record(string),
    affinity: object({
      nodeAffinity: object({ requiredDuringSchedulingIgnoredDuringExecution: object({ nodeSelectorTerms: terms }) }),
    }),
    volumes: list(object({ name: string, hostPath: object({ path: string }), emptyDir: object({}) }, ['name'])),
  },
  ['containers'],
);

const metadata = object({ name: string, generateName: string, namespace: string, annotations: record(string) });

/** A Pod as the API server has it, as far as any control, check or command looks at it. */
export const podShape = object({ metadata, spec }, ['spec']);
