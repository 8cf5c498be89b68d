import { changeFor } from './carryOut.ts';
import type { Work } from './keeper.ts';
import type { Log } from './log.ts';
import { createPace, type PaceLimits } from './pace.ts';
import { planNext, type Waits } from './plan.ts';
import type { SecretStore, TrustStore } from './stores.ts';
import { type IsLater, latest, readAnew, situationIn, type View } from './view.ts';

export interface KeepSecretOptions {
  readonly stores: { readonly secrets: SecretStore; readonly trust: TrustStore };
  readonly names: readonly string[];
  readonly waits: Waits;
  readonly pace: PaceLimits;
  readonly now: () => number;
  readonly isLater: IsLater;
  readonly log: Log;
}

/** So many writes in a row are no accident. */
const suspiciousTimes = 8;

/** Returns the work that takes the next step on the Secret, if there is one. Rejects when the Secret is not ours. */
export function createSecretWork(view: View, options: KeepSecretOptions): Work {
  const { stores, names, waits, now, isLater, log } = options;
  const pace = createPace(now, options.pace);

  /** What looked necessary may have been done by another replica. */
  async function takeNextStep(isCreation: boolean): Promise<'done' | 'conflict'> {
    // Who makes an authority must know which ones were trusted before.
    await readAnew(view, stores, isCreation, isLater);
    const situation = situationIn(view, names, now());
    const { step, why } = planNext(situation, waits);
    const change = await changeFor(step, situation);
    if (change === undefined) return 'done';
    const { secret } = situation;
    const written = await (secret
      ? stores.secrets.update(change, secret.resourceVersion)
      : stores.secrets.create(change));
    if (written === 'conflict') return 'conflict';
    view.secret = latest(written, view.secret, isLater);
    log('info', 'The Secret was written.', { step: step.do, why });
    const times = pace.done();
    if (times >= suspiciousTimes) log('warn', 'The Secret has to be written again and again.', { times });
    return 'done';
  }

  return async () => {
    if (view.secret === undefined) return Number.POSITIVE_INFINITY;
    const { step, why, nextLookAt } = planNext(situationIn(view, names, now()), waits);
    if (step.do === 'refuse') throw new Error(why);
    if (step.do === 'nothing') return nextLookAt - now();
    const waitMs = pace.waitMs();
    if (waitMs > 0) return waitMs;
    return (await takeNextStep(step.do === 'create')) === 'conflict' ? 'conflict' : 0;
  };
}
