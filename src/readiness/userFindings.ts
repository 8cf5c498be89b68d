import type { Evidence } from '../policy/evidence.ts';
import type { Change, Left } from '../policy/harden.ts';
import { imageOf } from './imageUsers.ts';
import type { Shape } from './survey.ts';

/**
 * What is known of the user of a container that names none and may not be root: it runs as root now, its image is known
 * to run as root, its image names a user that the kubelet cannot verify, or nothing.
 */
export const userStates = ['runs-as-root', 'image-root', 'named-user', 'unknown'] as const;

export type UserState = (typeof userStates)[number];

export interface UserFinding {
  readonly container: string;
  readonly image?: string;
  readonly state: UserState;
}

/** Whether the container would not start, or is left as it is for that reason. */
export function isInTheWay({ state }: UserFinding): boolean {
  return state !== 'unknown';
}

/**
 * The containers that are to run as anybody but root while their image decides as whom, but for those whose image was
 * seen running as somebody else.
 */
export function userFindings(
  { pod, users }: Shape,
  filled: readonly Change[],
  left: readonly Left[],
  evidence: Evidence,
): readonly UserFinding[] {
  const given = new Set(filled.filter(({ control }) => control === 'runAsUser').map(({ container }) => container));
  const asked = [
    ...filled.filter(({ control }) => control === 'runAsNonRoot'),
    ...left.filter(({ reason, control }) => control === 'runAsNonRoot' && reason === 'image-runs-as-root'),
  ].flatMap(({ container }) => (container === undefined || given.has(container) ? [] : [container]));
  const refused = users.flatMap(({ container, refused }) => (refused ? [container] : []));
  return [...new Set([...asked, ...refused])].flatMap((container) => {
    const image = imageOf(pod, container);
    const own = users.find((user) => user.container === container);
    const state = own?.uid === 0 ? 'runs-as-root' : stateOf(image === undefined ? undefined : evidence(image));
    return state === undefined ? [] : [{ container, ...(image !== undefined && { image }), state }];
  });
}

function stateOf(user: ReturnType<Evidence>): UserState | undefined {
  if (!user) return 'unknown';
  if (user.state === 'root') return 'image-root';
  return user.state === 'named' ? 'named-user' : undefined;
}
