import type { Evidence, ImageUser } from '../src/policy/evidence.ts';
import type { Container, Pod } from '../src/policy/pod.ts';
import { isWindows } from '../src/policy/windows.ts';

/** Evidence of the images by their references: `root`, `uid 1000`, `named`, or `named 1000`. */
export function evidenceOf(images: Readonly<Record<string, string>>): Evidence {
  return (image) => {
    const [state, uid] = Object.hasOwn(images, image) ? (images[image]?.split(' ') ?? []) : [];
    return state === undefined ? undefined : ({ state, ...(uid && { uid: Number(uid) }) } as ImageUser);
  };
}

/**
 * The Linux containers of the pod that a kubelet is known not to start, by their places: what must not be root is, by
 * its user or its image's, or is given by name. Written without a look at the controls.
 */
export function stoppedContainers(pod: Pod, evidence: Evidence): readonly string[] {
  return linuxContainers(pod).flatMap(({ at, container }) => {
    const { user, nonRoot } = identityOf(pod, container);
    const state = stateOf(container, evidence);
    return nonRoot && (user == null ? state === 'root' || state === 'named' : user === 0) ? [at] : [];
  });
}

/** The Linux containers that may be root as far as is known of their images, and lose the capabilities that root has. */
export function bereftContainers(pod: Pod, evidence: Evidence): readonly string[] {
  return linuxContainers(pod).flatMap(({ at, container }) => {
    const { user, nonRoot } = identityOf(pod, container);
    const known = container.image == null ? undefined : evidence(container.image);
    const mayBeRoot = known?.state === 'root' || (known?.state === 'named' && known.uid === undefined);
    const drops = container.securityContext?.capabilities?.drop?.includes('ALL');
    return mayBeRoot && user == null && nonRoot !== true && drops ? [at] : [];
  });
}

function linuxContainers(pod: Pod): readonly { readonly at: string; readonly container: Container }[] {
  if (isWindows(pod)) return [];
  const { initContainers, containers, ephemeralContainers } = pod.spec;
  return Object.entries({ initContainers, containers, ephemeralContainers }).flatMap(([kind, list]) =>
    (list ?? []).map((container, index) => ({ at: `${kind}[${index}]`, container })),
  );
}

function identityOf({ spec }: Pod, { securityContext }: Container) {
  return {
    nonRoot: securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot,
    user: securityContext?.runAsUser ?? spec.securityContext?.runAsUser,
  };
}

function stateOf({ image }: Container, evidence: Evidence): ImageUser['state'] | undefined {
  return image == null ? undefined : evidence(image)?.state;
}
