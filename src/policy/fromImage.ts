import type { GivenValues } from './control.ts';
import type { ImageUser } from './evidence.ts';

/** What follows from the user of an image with which the kubelet would not start a container that must not be root. */
export interface FromImage {
  /** Whether that user is root, or a name behind which root may be. */
  readonly mayBeRoot: boolean;
  /** The user with which the container starts all the same. */
  readonly uid?: number;
}

/** What follows from what is known of an image; undefined where nothing speaks against filling `runAsNonRoot` alone. */
export function fromImage(known: ImageUser | undefined, { rootImages }: GivenValues): FromImage | undefined {
  if (!known) return undefined;
  const uid = known.state === 'root' ? 0 : known.uid;
  if (uid) return known.state === 'named' ? { mayBeRoot: false, uid } : undefined;
  return { mayBeRoot: true, ...(typeof rootImages === 'number' && { uid: rootImages }) };
}
