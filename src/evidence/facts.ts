import type { ImageUser } from '../policy/evidence.ts';

/**
 * What was seen of the user of one image. Facts are only ever added to, so that it does not matter in which order, how
 * often and by which replica they were seen.
 */
export interface Facts {
  readonly root?: true;
  /** The kubelet found a name where it needs a number. */
  readonly named?: true;
  /** The number it ran as; `several` where that was not always the same, which happens with one image per architecture. */
  readonly uid?: number | 'several';
}

/** The facts of both. */
export function joinFacts(one: Facts, other: Facts): Facts {
  const uid = one.uid === undefined || other.uid === undefined ? (one.uid ?? other.uid) : joinUids(one.uid, other.uid);
  return {
    ...((one.root || other.root) && { root: true }),
    ...((one.named || other.named) && { named: true }),
    ...(uid !== undefined && { uid }),
  };
}

function joinUids(one: number | 'several', other: number | 'several'): number | 'several' {
  return one === other ? one : 'several';
}

/** Whether the first says all that the second does. */
export function covers(one: Facts, other: Facts): boolean {
  return toCode(joinFacts(one, other)) === toCode(one);
}

/**
 * What follows from the facts for a container. Where one says root, root it is: a pod that is spared still starts, one
 * that is filled in vain does not. Undefined where nothing follows.
 */
export function userOf({ root, named, uid }: Facts): ImageUser | undefined {
  if (root) return { state: 'root' };
  const number = uid === 'several' ? undefined : uid;
  if (named) return number === undefined ? { state: 'named' } : { state: 'named', uid: number };
  return number === undefined ? undefined : { state: 'uid', uid: number };
}

/** The facts in a few characters: `r` for root, `n` for named, `1000` for the number, `*` for several. */
export function toCode({ root, named, uid }: Facts): string {
  const number = uid === 'several' ? '*' : (uid ?? '');
  return `${root ? 'r' : ''}${named ? 'n' : ''}${number}`;
}

/** The facts that a code stands for; undefined if it is none. */
export function parseCode(code: string): Facts | undefined {
  const [, root, named, number] = /^(r?)(n?)(\*|[1-9]\d{0,9}|)$/.exec(code) ?? [];
  if (code === '' || number === undefined) return undefined;
  return {
    ...(root !== '' && { root: true }),
    ...(named !== '' && { named: true }),
    ...(number !== '' && { uid: number === '*' ? 'several' : Number(number) }),
  };
}

/** The facts that follow from the number that a container was seen running as. */
export function factsOfUid(uid: number): Facts {
  return uid === 0 ? { root: true } : { uid };
}
