import type { Evidence, ImageUser } from '../policy/evidence.ts';
import { containersOf, type Pod } from '../policy/pod.ts';
import type { ContainerUser } from './observed.ts';
import type { Shape } from './survey.ts';

/** What is known of the images of one shape's containers: by their own statuses, else by the evidence. */
export function evidenceFor(shape: Pick<Shape, 'pod' | 'users'>, evidence: Evidence): Evidence {
  const own = new Map<string, ImageUser>();
  for (const user of shape.users) {
    const image = imageOf(shape.pod, user.container);
    const seen = imageUserOf(user);
    if (image !== undefined && seen) own.set(image, together(own.get(image) ?? seen, seen));
  }
  return (image) => own.get(image) ?? evidence(image);
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
