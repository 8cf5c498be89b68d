import { createKeeper, type RetryLimits } from './keeper.ts';
import { createSecretWork } from './keepSecret.ts';
import { createTrustWork } from './keepTrust.ts';
import type { Log } from './log.ts';
import { defaultPace, type PaceLimits } from './pace.ts';
import { defaultWaits, type Waits } from './plan.ts';
import { createServing } from './serving.ts';
import type { SecretStore, StoredSecret, Trust, TrustStore } from './stores.ts';
import type { Served } from './takeOver.ts';
import { type IsLater, latest, type View } from './view.ts';

export interface RotationOptions {
  readonly stores: { readonly secrets: SecretStore; readonly trust: TrustStore };
  /** The names by which clients call us. */
  readonly names: readonly string[];
  /** Serves the certificate from now on; throws when that is impossible. */
  readonly serve: (certificate: Served) => void;
  /** Told when the certificate in the Secret cannot be served, once for each version of it. */
  readonly onRefused: (reason: string) => void;
  /** Whether the first resourceVersion is later than the second. */
  readonly isLater: IsLater;
  readonly log: Log;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly limits?: Partial<RotationLimits>;
}

export interface RotationLimits extends RetryLimits {
  readonly waits: Waits;
  readonly pace: PaceLimits;
  /** Between two looks at the clock, in milliseconds. A timer does not count the time of a machine that is suspended. */
  readonly tickMs: number;
}

const defaultLimits: RotationLimits = {
  waits: defaultWaits,
  pace: defaultPace,
  tickMs: 60_000,
  shortestRetryMs: 100,
  longestRetryMs: 30_000,
};

export interface Rotation {
  /** To be called with the Secret whenever it was seen; undefined when it does not exist. */
  secretSeen(secret: StoredSecret | undefined): void;
  /** To be called with what the webhook configuration says whenever it was seen; undefined when it is not installed. */
  trustSeen(trust: Trust | undefined): void;
  status(): RotationStatus;
  /** Ends everything; what is being written may still be written. */
  stop(): void;
}

export interface RotationStatus {
  /** Whether a certificate is served. */
  readonly isServing: boolean;
  readonly hasSeenSecret: boolean;
  readonly hasSeenTrust: boolean;
  /** Whether the API server trusts what is served; undefined while that is not known, or it has not been told of us. */
  readonly isTrusted: boolean | undefined;
  /** When the authority expires, in milliseconds since 1970. */
  readonly caNotAfter: number | undefined;
  /** Why the Secret or the trust in it cannot be put right. */
  readonly problem: string | undefined;
}

/**
 * Begins to keep the certificate in the Secret good, the API server's trust in it complete, and what is served equal to
 * it. Any number of replicas may do so together without a leader: a write is refused unless it changes what its writer
 * has seen, and who was refused looks again.
 */
export function startRotation(options: RotationOptions): Rotation {
  const { log, isLater, now = Date.now, random = Math.random } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const view: View = { secret: undefined, trust: undefined, remembered: '' };
  const parts = { ...options, ...limits, now };
  const serving = createServing(parts);
  const secretKeeper = createKeeper(createSecretWork(view, parts), random, limits, log);
  const trustKeeper = createKeeper(createTrustWork(view, parts), random, limits, log);
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;
  let isStale = false;
  let stopped = false;

  /** Returns the milliseconds until the next look is due. */
  async function look(): Promise<number> {
    // First what is there: a replica that starts among others serves before it puts anything right.
    serving.follow(view);
    const secretMs = await secretKeeper.attempt();
    if (stopped) return limits.tickMs;
    serving.follow(view);
    const trustMs = await trustKeeper.attempt();
    if (stopped) return limits.tickMs;
    return Math.min(limits.tickMs, secretMs, trustMs, serving.follow(view) - now());
  }

  async function lookNow(): Promise<void> {
    isStale = true;
    if (isLooking) return;
    isLooking = true;
    let waitMs = 0;
    while (isStale && !stopped) {
      isStale = false;
      waitMs = await look();
    }
    isLooking = false;
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(lookNow, Math.max(0, waitMs)).unref();
  }

  return {
    secretSeen(value) {
      view.secret = latest(value, view.secret, isLater);
      lookNow();
    },
    trustSeen(value) {
      view.trust = latest(value, view.trust, isLater);
      // Nobody may take us for ready until the next look, which may have to wait for a write.
      serving.assess(view);
      lookNow();
    },
    status: () => ({
      isServing: serving.isServing(),
      hasSeenSecret: view.secret !== undefined,
      hasSeenTrust: view.trust !== undefined,
      isTrusted: serving.isTrusted(),
      caNotAfter: serving.caNotAfter(),
      problem: secretKeeper.problem() ?? trustKeeper.problem(),
    }),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
