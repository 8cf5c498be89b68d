/**
 * A Pod as far as this program reads it. The API server omits an empty field, but a client may also write `null`:
 * both mean unset. Everything else that a pod holds is carried along untouched.
 */
export type Optional<T> = T | null | undefined;

export interface Pod {
  readonly metadata?: Optional<ObjectMeta>;
  readonly spec: PodSpec;
}

export interface ObjectMeta {
  readonly generateName?: Optional<string>;
  readonly name?: Optional<string>;
  readonly namespace?: Optional<string>;
  readonly annotations?: Optional<Readonly<Record<string, string>>>;
}

export interface PodSpec {
  readonly securityContext?: Optional<PodSecurityContext>;
  readonly initContainers?: Optional<readonly Container[]>;
  readonly containers: readonly Container[];
  readonly ephemeralContainers?: Optional<readonly Container[]>;
  readonly os?: Optional<{ readonly name?: Optional<string> }>;
  readonly nodeSelector?: Optional<Readonly<Record<string, string>>>;
  readonly affinity?: Optional<Affinity>;
  readonly hostNetwork?: Optional<boolean>;
  readonly hostPID?: Optional<boolean>;
  readonly hostIPC?: Optional<boolean>;
  readonly hostUsers?: Optional<boolean>;
  readonly volumes?: Optional<readonly Volume[]>;
}

/** A volume: its name, and one member that is named after its type. */
export interface Volume {
  readonly name: string;
  readonly [type: string]: unknown;
}

export interface Affinity {
  readonly nodeAffinity?: Optional<{
    readonly requiredDuringSchedulingIgnoredDuringExecution?: Optional<{
      readonly nodeSelectorTerms?: Optional<readonly NodeSelectorTerm[]>;
    }>;
  }>;
}

export interface NodeSelectorTerm {
  readonly matchExpressions?: Optional<
    readonly { readonly key?: string; readonly operator?: string; readonly values?: Optional<readonly string[]> }[]
  >;
}

export interface Container {
  readonly name: string;
  readonly image?: Optional<string>;
  readonly command?: Optional<readonly string[]>;
  readonly args?: Optional<readonly string[]>;
  readonly securityContext?: Optional<SecurityContext>;
  readonly ports?: Optional<
    readonly { readonly hostPort?: Optional<number>; readonly containerPort?: Optional<number> }[]
  >;
  readonly volumeDevices?: Optional<readonly { readonly devicePath?: Optional<string> }[]>;
  readonly volumeMounts?: Optional<readonly { readonly mountPath?: Optional<string> }[]>;
  readonly livenessProbe?: Optional<NetworkAction>;
  readonly readinessProbe?: Optional<NetworkAction>;
  readonly startupProbe?: Optional<NetworkAction>;
  readonly lifecycle?: Optional<{
    readonly postStart?: Optional<NetworkAction>;
    readonly preStop?: Optional<NetworkAction>;
  }>;
}

/** The part of a probe or lifecycle handler that may name a host. */
export interface NetworkAction {
  readonly httpGet?: Optional<{ readonly host?: Optional<string> }>;
  readonly tcpSocket?: Optional<{ readonly host?: Optional<string> }>;
}

/** The fields that pods and containers have in common: a container's own value wins over its pod's. */
export interface SharedSecurityContext {
  readonly runAsNonRoot?: Optional<boolean>;
  readonly runAsUser?: Optional<number>;
  readonly runAsGroup?: Optional<number>;
  readonly seccompProfile?: Optional<SeccompProfile>;
  readonly windowsOptions?: Optional<WindowsOptions>;
  readonly appArmorProfile?: Optional<AppArmorProfile>;
  readonly seLinuxOptions?: Optional<SeLinuxOptions>;
}

export interface PodSecurityContext extends SharedSecurityContext {
  readonly fsGroup?: Optional<number>;
  readonly fsGroupChangePolicy?: Optional<string>;
  readonly supplementalGroups?: Optional<readonly number[]>;
  readonly sysctls?: Optional<readonly { readonly name: string }[]>;
}

export interface SecurityContext extends SharedSecurityContext {
  readonly privileged?: Optional<boolean>;
  readonly allowPrivilegeEscalation?: Optional<boolean>;
  readonly readOnlyRootFilesystem?: Optional<boolean>;
  readonly capabilities?: Optional<Capabilities>;
  readonly procMount?: Optional<string>;
}

export interface Capabilities {
  readonly add?: Optional<readonly string[]>;
  readonly drop?: Optional<readonly string[]>;
}

export interface SeccompProfile {
  readonly type?: Optional<string>;
  readonly localhostProfile?: Optional<string>;
}

export interface AppArmorProfile {
  readonly type?: Optional<string>;
  readonly localhostProfile?: Optional<string>;
}

export interface SeLinuxOptions {
  readonly type?: Optional<string>;
  readonly user?: Optional<string>;
  readonly role?: Optional<string>;
}

export interface WindowsOptions {
  readonly hostProcess?: Optional<boolean>;
  readonly runAsUserName?: Optional<string>;
}

/** The three lists of containers in a pod's spec, in the order in which they are run and reported. */
export const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

export type ContainerList = (typeof containerLists)[number];

/** The containers of one list; empty when the list is unset. */
export function containersOf(spec: PodSpec, list: ContainerList): readonly Container[] {
  return spec[list] ?? [];
}

/** Every container of the pod: init, ordinary and ephemeral ones. */
export function allContainers({ spec }: Pod): readonly Container[] {
  if (!spec.initContainers && !spec.ephemeralContainers) return spec.containers;
  return containerLists.flatMap((list) => containersOf(spec, list));
}

/** The container's own value, else its pod's; undefined when neither is set. */
export function effective<K extends keyof SharedSecurityContext>(
  pod: Pod,
  container: Container,
  key: K,
): NonNullable<SharedSecurityContext[K]> | undefined {
  return container.securityContext?.[key] ?? pod.spec.securityContext?.[key] ?? undefined;
}

/** Whether root in the pod is somebody else, without rights, on its node. */
export function hasUserNamespace({ spec }: Pod): boolean {
  return spec.hostUsers === false;
}

/** True for the pods that the kubelet makes of its static files: the API server accepts no change of them. */
export function isMirror(pod: Pod): boolean {
  return pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}
