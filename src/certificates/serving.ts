import { bundleOf, verifies } from './bundle.ts';
import { holdingsOf, isEmpty, isOurs } from './held.ts';
import type { Waits } from './plan.ts';
import type { StoredSecret } from './stores.ts';
import { type Served, takeOverAt } from './takeOver.ts';
import { situationIn, type View } from './view.ts';

export interface ServingOptions {
  readonly names: readonly string[];
  readonly waits: Waits;
  readonly now: () => number;
  /** Serves the certificate from now on; throws when that is impossible. */
  readonly serve: (certificate: Served) => void;
  /** Told when the certificate in the Secret cannot be served, once for each version of it. */
  readonly onRefused: (reason: string) => void;
}

export interface Serving {
  /** Takes over what is in the Secret when its time has come. Returns when that will be, in milliseconds since 1970. */
  follow(view: View): number;
  /** Finds out anew whether the API server trusts what is served. */
  assess(view: View): void;
  /** Whether a certificate has been taken over. */
  isServing(): boolean;
  /** Whether the API server trusts what is served; undefined where it is not known, or has not been told of us. */
  isTrusted(): boolean | undefined;
  /** When the authority that signs expires, in milliseconds since 1970. */
  caNotAfter(): number | undefined;
}

const never = Number.POSITIVE_INFINITY;

/** Keeps what is served equal to what is in the Secret; what is no good there changes nothing. */
export function createServing({ names, waits, now, serve, onRefused }: ServingOptions): Serving {
  let served: Served | undefined;
  let isTrusted: boolean | undefined;
  let caNotAfter: number | undefined;
  let refused: string | undefined;

  function refuse({ resourceVersion }: StoredSecret, reason: string): void {
    if (refused === resourceVersion) return;
    refused = resourceVersion;
    onRefused(reason);
  }

  function takeOver(stored: StoredSecret, view: View): number {
    const held = holdingsOf(stored, names, now());
    if (held.authorities.length > 0) view.remembered = bundleOf(held.authorities);
    caNotAfter = held.signer?.notAfter ?? caNotAfter;
    if ('problem' in held.leaf) {
      refuse(stored, held.leaf.problem);
      return never;
    }
    const { cert, key, notAfter } = held.leaf;
    const next = { cert, key, notAfter, bundle: view.remembered };
    const isNew = served?.cert !== cert || served.key !== key;
    const at = isNew ? takeOverAt(held, served, situationIn(view, names, now()).trusted, now(), waits) : now();
    if (at > now()) return at;
    if (isNew) serve(next);
    served = next;
    return never;
  }

  function follow(view: View): number {
    const stored = view.secret?.value;
    if (stored === undefined || isEmpty(stored) || !isOurs(stored)) return never;
    try {
      return takeOver(stored, view);
    } catch (error) {
      refuse(stored, error instanceof Error ? error.message : String(error));
      return never;
    }
  }

  function isTrustedIn({ trust }: View): boolean | undefined {
    const [cert, bundles] = [served?.cert, trust?.value?.bundles ?? []];
    if (cert === undefined || bundles.length === 0) return undefined;
    return bundles.every((bundle) => verifies(bundle, cert));
  }

  return {
    follow(view) {
      const at = follow(view);
      isTrusted = isTrustedIn(view);
      return at;
    },
    assess(view) {
      isTrusted = isTrustedIn(view);
    },
    isServing: () => served !== undefined,
    isTrusted: () => isTrusted,
    caNotAfter: () => caNotAfter,
  };
}
