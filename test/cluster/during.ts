import { until } from '../e2e/until.ts';
import { startHandshakes } from './handshakes.ts';
import { note, site } from './hooks.ts';
import { startLoad, type Tally, toText } from './load.ts';
import type { Replicas } from './replicas.ts';

export interface Observed extends Tally {
  /** Why new connections failed that trusted what was published at that moment. */
  readonly failedHandshakes: readonly string[];
}

/** What becomes of pods while something happens, and for a while before and after. It is noted as a figure. */
export async function observeDuring(
  what: string,
  { team, replicas }: { readonly team: string; readonly replicas: Replicas },
  happen: () => Promise<void>,
): Promise<Observed> {
  const load = startLoad(site(), team);
  const handshakes = startHandshakes(site(), replicas);
  try {
    await until('pods are created', () => load.created() > 100);
    await happen();
    const created = load.created();
    await until('pods are created again', () => load.created() > created + 200);
  } finally {
    await load.stop();
    await handshakes.stop();
  }
  const tally = await load.stop();
  const { made, failed } = await handshakes.stop();
  note(`${what}: ${toText(tally)}; ${made} handshakes`);
  return { ...tally, failedHandshakes: failed };
}
