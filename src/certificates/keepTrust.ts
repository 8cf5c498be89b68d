import { bundleOf, holdsOnly } from './bundle.ts';
import { holdingsOf, isEmpty, isOurs } from './held.ts';
import type { Work } from './keeper.ts';
import type { KeepSecretOptions } from './keepSecret.ts';
import { createPace } from './pace.ts';
import { latest, readAnew, type View } from './view.ts';

/** So many writes in a row are no accident: a roll-over needs two. */
const suspiciousTimes = 5;

/** Returns the work that makes the API server trust the authorities in the Secret, and no other. */
export function createTrustWork(view: View, options: KeepSecretOptions): Work {
  const { stores, names, now, isLater, log } = options;
  const pace = createPace(now, options.pace);

  /** What is to be trusted; undefined where there is nothing, or it is trusted already. */
  function missingTrust(): string | undefined {
    const stored = view.secret?.value;
    if (stored === undefined || isEmpty(stored) || !isOurs(stored)) return undefined;
    const { authorities } = holdingsOf(stored, names, now());
    const bundles = view.trust?.value?.bundles ?? [];
    const isRight = authorities.length === 0 || bundles.every((bundle) => holdsOnly(bundle, authorities));
    return isRight ? undefined : bundleOf(authorities);
  }

  return async () => {
    if (missingTrust() === undefined) return Number.POSITIVE_INFINITY;
    const waitMs = pace.waitMs();
    if (waitMs > 0) return waitMs;
    // A replica that has not yet heard of a new authority would undo its announcement.
    await readAnew(view, stores, true, isLater);
    const [bundle, seen] = [missingTrust(), view.trust?.value];
    if (bundle === undefined || seen === undefined) return Number.POSITIVE_INFINITY;
    const written = await stores.trust.write(bundle, seen);
    if (written === 'conflict') return 'conflict';
    // Somebody may have changed it since, and the watch been faster than this answer.
    view.trust = latest(written, view.trust, isLater);
    log('info', 'The CA bundle in the webhook configuration was written.', { webhooks: written.places.length });
    const times = pace.done();
    if (times >= suspiciousTimes) {
      log('warn', 'Something else keeps changing the CA bundle in the webhook configuration.', { times });
    }
    return 0;
  };
}
