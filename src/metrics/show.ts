import type { Configuration } from '../admission/configuration.ts';
import { termOf, terms } from '../admission/exemptions.ts';
import { profileNamed } from '../admission/namespacePolicy.ts';
import type { ImageUser } from '../policy/evidence.ts';
import type { Metrics } from './metrics.ts';

/** What is known elsewhere, and put into the metrics whenever they are read. */
export interface State {
  readonly inFlight: number;
  readonly synced: boolean;
  /** Milliseconds since 1970; undefined before the first contact. */
  readonly lastContact: number | undefined;
  readonly restarts: number;
  readonly drift: number;
  /** How many namespaces name each profile, by the profile as it is written. */
  readonly optedIn: ReadonlyMap<string, number>;
  readonly unrouted: number;
  /** When the serving certificate expires, in milliseconds since 1970; undefined before there is one. */
  readonly notAfter: number | undefined;
  /** When the authority expires that signs it, where that is ours; in milliseconds since 1970. */
  readonly caNotAfter: number | undefined;
  /** Whether the API server trusts what is served; undefined where it is not known, or not ours to know. */
  readonly isTrusted: boolean | undefined;
  readonly configuration: Configuration;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How the gathering of evidence is doing, where it is gathered. */
  readonly evidence?: EvidenceState | undefined;
}

export interface EvidenceState {
  /** How many images are known in each state. */
  readonly images: Readonly<Record<ImageUser['state'], number>>;
  readonly synced: boolean;
  /** As that of the namespaces. */
  readonly lastContact: number | undefined;
  readonly restarts: number;
}

/** Makes the metrics say what the state is. */
export function show(metrics: Metrics, state: State): void {
  metrics.inFlight.set(state.inFlight);
  metrics.cacheSynced.set(state.synced ? 1 : 0);
  if (state.lastContact !== undefined) metrics.lastContact.set(state.lastContact / 1000);
  for (const [certificate, notAfter] of [
    ['serving', state.notAfter],
    ['ca', state.caNotAfter],
  ] as const) {
    if (notAfter !== undefined) metrics.certificateNotAfter.set({ certificate }, notAfter / 1000);
  }
  if (state.isTrusted === undefined) metrics.certificateTrusted.remove();
  else metrics.certificateTrusted.set(state.isTrusted ? 1 : 0);
  metrics.unrouted.set(state.unrouted);
  for (const [counter, value] of [
    [metrics.cacheRestarts, state.restarts],
    [metrics.cacheDrift, state.drift],
  ] as const) {
    counter.reset();
    counter.inc(value);
  }
  if (state.evidence !== undefined) showEvidence(metrics, state.evidence);
  const { configuration, now } = state;
  const counts = new Map(configuration.profiles.map(({ name }) => [name, 0]));
  for (const [written, count] of state.optedIn) {
    const { name } = profileNamed(written, configuration);
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  for (const [profile, count] of counts) metrics.optedIn.set({ profile }, count);
  for (const expires of terms) {
    metrics.exemptions.set({ expires }, configuration.exemptions.filter((one) => termOf(one, now) === expires).length);
  }
}

function showEvidence(metrics: Metrics, { images, synced, lastContact, restarts }: EvidenceState): void {
  for (const [state, count] of Object.entries(images)) metrics.imageEvidence.set({ state }, count);
  metrics.evidenceSynced.set(synced ? 1 : 0);
  if (lastContact !== undefined) metrics.evidenceLastContact.set(lastContact / 1000);
  metrics.evidenceRestarts.reset();
  metrics.evidenceRestarts.inc(restarts);
}
