import { type Authority, authoritiesIn, holdsAll, without } from './bundle.ts';
import { type Held, holdingsOf, isEmpty, isOurs, rollOverSteps } from './held.ts';
import type { StoredSecret } from './stores.ts';

/** All that decides what happens to the certificates next. */
export interface Situation {
  /** Undefined when there is none. */
  readonly secret: StoredSecret | undefined;
  /** The names by which clients call us. */
  readonly names: readonly string[];
  /** The CA bundles by which the API server knows us: none where nothing is installed yet, undefined where we cannot know. */
  readonly trusted: readonly string[] | undefined;
  /** The CA bundle that stood in the Secret when we last saw it; empty if we never did. */
  readonly remembered: string;
  readonly now: number;
}

export type Step =
  | { readonly do: 'nothing' }
  /** Not ours: somebody has to look at it. */
  | { readonly do: 'refuse' }
  /** An authority and a leaf, while clients go on trusting the authorities of before. */
  | { readonly do: 'create'; readonly overlap: readonly Authority[] }
  | { readonly do: 'reissue-leaf' }
  /** With the same key and name, so that old and new certificates verify each other in any order. */
  | { readonly do: 'renew-authority' }
  /** (a) Another authority joins those that clients trust. */
  | { readonly do: 'announce-authority' }
  /** (b) It signs the leaf. */
  | { readonly do: 'publish-leaf' }
  /** (c) The authorities of before are dropped. */
  | { readonly do: 'retire-authorities' }
  /** The API server is seen to trust what it is to trust: from now on time counts. */
  | { readonly do: 'note-trust' }
  /** It does not any more. */
  | { readonly do: 'forget-trust' };

export interface Plan {
  readonly step: Step;
  /** One clause for the log and for people. */
  readonly why: string;
  /** When the answer may be another one although nothing else has changed, in milliseconds since 1970. */
  readonly nextLookAt: number;
}

/** How long a step of a roll-over lasts, in milliseconds. */
export interface Waits {
  /** Until every API server goes by a changed CA bundle. */
  readonly trustMs: number;
  /** Until every replica serves a changed certificate: twice the time between two looks at the Secret. */
  readonly serveMs: number;
}

export const defaultWaits: Waits = { trustMs: 30_000, serveMs: 120_000 };

/** A clock that is so far ahead of ours is wrong, or was: what it noted is noted anew. */
const clockToleranceMs = 300_000;
/** Of what happens elsewhere we are told. */
const never = Number.POSITIVE_INFINITY;
/** More than any sequence of faults leaves behind. */
const maxOverlap = 4;

/** The one next step. Taking it and asking again comes to `nothing` in the end. */
export function planNext(situation: Situation, waits: Waits = defaultWaits): Plan {
  const { secret, names, now } = situation;
  if (secret === undefined) return create(situation, [], 'the Secret does not exist');
  if (isEmpty(secret)) return create(situation, [], 'the Secret is empty');
  if (!isOurs(secret)) return soon({ do: 'refuse' }, 'the Secret holds something that pod-hardener did not make');
  const held = holdingsOf(secret, names, now);
  const { leaf, signer, authorities } = held;
  if (signer !== undefined) {
    if (!isFresh(signer, now)) return soon({ do: 'renew-authority' }, 'the authority is due for renewal');
    if ('problem' in leaf) return soon({ do: 'reissue-leaf' }, leaf.problem);
    if (!isFresh(leaf, now)) return soon({ do: 'reissue-leaf' }, 'the certificate is due for renewal');
  } else if ('problem' in leaf || !isFresh(leaf, now)) {
    return create(situation, authorities, 'the Secret holds neither a good certificate nor what could sign one');
  }
  return planRollOver(situation, held, waits);
}

function planRollOver({ trusted, now }: Situation, held: Held, waits: Waits): Plan {
  const { signer, next, rollOver, authorities } = held;
  const isAnnounced = rollOver === rollOverSteps.announced && next !== undefined;
  const retiring = signer === undefined || isAnnounced ? [] : without(authorities, [signer]);
  // What was asked for meanwhile waits, so that clients never have many authorities to trust.
  const isRequested = rollOver !== undefined && rollOver !== rollOverSteps.published && retiring.length === 0;
  if (!isAnnounced && signer === undefined) {
    return soon({ do: 'announce-authority' }, 'the key of the authority is lost or cannot be read');
  }
  if (!isAnnounced && isRequested) return soon({ do: 'announce-authority' }, 'another authority was asked for');
  if (!isAnnounced && retiring.length === 0) {
    if (rollOver === rollOverSteps.published) return soon({ do: 'retire-authorities' }, 'nothing is left to retire');
    return nothing(held, never);
  }
  const waitMs = isAnnounced ? waits.trustMs : waits.trustMs + waits.serveMs;
  const since = held.trustedSince;
  const isTrusted = trusted?.every((bundle) => holdsAll(bundle, authorities));
  if (since === undefined || since > now + clockToleranceMs) {
    return isTrusted ? soon({ do: 'note-trust' }, 'the API server trusts every authority') : nothing(held, never);
  }
  if (isTrusted === undefined) return nothing(held, never);
  if (!isTrusted) return soon({ do: 'forget-trust' }, 'the API server does not trust every authority any more');
  if (now < since + waitMs) return nothing(held, since + waitMs);
  return isAnnounced
    ? soon({ do: 'publish-leaf' }, 'the next authority is trusted')
    : soon({ do: 'retire-authorities' }, 'nobody serves a certificate of an earlier authority');
}

/** The first time at which a certificate is to be renewed: two thirds of its life. */
export function dueAt({ notBefore, notAfter }: { readonly notBefore: number; readonly notAfter: number }): number {
  return notBefore + ((notAfter - notBefore) * 2) / 3;
}

/** Made by a clock that is ahead of ours, it is made anew, so that it suits both. */
function isFresh(validity: { readonly notBefore: number; readonly notAfter: number }, now: number): boolean {
  return validity.notBefore <= now && now < dueAt(validity);
}

function create({ trusted = [], remembered, now }: Situation, held: readonly Authority[], why: string): Plan {
  const before = [remembered, ...trusted].flatMap(authoritiesIn);
  const valid = unique([...held, ...before]).filter(({ notAfter }) => now < notAfter);
  const latest = valid.toSorted((one, other) => other.notBefore - one.notBefore);
  return soon({ do: 'create', overlap: latest.slice(0, maxOverlap) }, why);
}

function unique(authorities: readonly Authority[]): readonly Authority[] {
  return [...new Map(authorities.map((one) => [one.certificate.fingerprint256, one])).values()];
}

function soon(step: Step, why: string): Plan {
  return { step, why, nextLookAt: 0 };
}

function nothing({ leaf, signer }: Held, lookAt: number): Plan {
  const dues = [leaf, signer].map((one) => (one && 'notAfter' in one ? dueAt(one) : never));
  return { step: { do: 'nothing' }, why: 'all is well', nextLookAt: Math.min(lookAt, ...dues) };
}
