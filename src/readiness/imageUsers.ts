import type { Evidence, ImageUser } from '../policy/evidence.ts';
import { containersOf, type Pod } from '../policy/pod.ts';
import type { ContainerUser } from './observed.ts';
import type { Shape } from './survey.ts';

/** What the statuses of all pods together tell of the images, for those pods whose own status tells nothing. */
export function imageUsersOf(shapes: Iterable<Pick<Shape, 'pod' | 'users'>>): Evidence {
  const known = new Map<string, ImageUser>();
  for (const { pod, users } of shapes) {
    for (const user of users) {
      const image = imageOf(pod, user.container);
      const seen = imageUserOf(user);
      if (image !== undefined && seen) known.set(image, together(known.get(image) ?? seen, seen));
    }
  }
  return (image) => known.get(image);
}

/** What is known of the images of one shape's containers: by their own statuses, else by the evidence. */
export function evidenceFor(shape: Pick<Shape, 'pod' | 'users'>, evidence: Evidence): Evidence {
  const own = imageUsersOf([shape]);
  return (image) => own(image) ?? evidence(image);
}

/** The image that a container of the pod runs; undefined when it does not say. */
export function imageOf({ spec }: Pod, container: string): string | undefined {
  const all = [...containersOf(spec, 'initContainers'), ...spec.containers];
  const { image } = (all.find(({ name }) => name === container) ?? {}) as { readonly image?: unknown };
  return typeof image === 'string' ? image : undefined;
}

function imageUserOf({ uid, refused }: ContainerUser): ImageUser | undefined {
  if (uid === 0 || refused === 'root') return { state: 'root' };
  if (refused === 'named') return { state: 'named', ...(uid !== undefined && { uid }) };
  return uid === undefined ? undefined : { state: 'uid', uid };
}

/** Of two things that are known of an image, the one that asks for more care. */
function together(known: ImageUser, seen: ImageUser): ImageUser {
  if (known.state === 'root' || seen.state === 'root') return { state: 'root' };
  if (known.state === 'uid' && seen.state === 'uid') return seen;
  const uid = known.uid ?? seen.uid;
  return { state: 'named', ...(uid !== undefined && { uid }) };
}
