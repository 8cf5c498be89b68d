import type { RoutedBy } from '../admission/advice.ts';
import { writtenProfile } from '../admission/namespacePolicy.ts';
import type { ApiClient } from './client.ts';
import type { Log } from './log.ts';
import type { OnChange } from './memory.ts';
import { hasOnlyAnnotation, type NamespaceItem } from './namespaceRecord.ts';

export type { RoutedBy };

/** Returns how many namespaces name each profile, in lower case, and how many do so where the routing does not look. */
export function countProfiles(
  items: Iterable<NamespaceItem>,
  routedBy: RoutedBy,
): { optedIn: Map<string, number>; unrouted: number } {
  const optedIn = new Map<string, number>();
  let unrouted = 0;
  for (const { record } of items) {
    const profile = writtenProfile(record)?.trim().toLowerCase();
    if (profile === undefined) continue;
    if (routedBy === 'label' && hasOnlyAnnotation(record)) unrouted += 1;
    else optedIn.set(profile, (optedIn.get(profile) ?? 0) + 1);
  }
  return { optedIn, unrouted };
}

/** Returns what is told of every change and says once for each namespace that nobody sends us its pods. */
export function createUnroutedLog(routedBy: RoutedBy, log: Log): { see: OnChange<NamespaceItem> } {
  const told = new Set<string>();
  return {
    see(previous, next) {
      if (previous !== undefined && previous.uid !== next?.uid) told.delete(previous.uid);
      if (routedBy !== 'label' || next === undefined || told.has(next.uid) || !hasOnlyAnnotation(next.record)) return;
      told.add(next.uid);
      log(
        'warn',
        'A namespace has pod-hardener.io/profile only as an annotation, so its pods are never sent here: set it as a label, or install with routing by annotation.',
        { namespace: next.name },
      );
    },
  };
}

export interface SilenceOptions {
  readonly client: Pick<ApiClient, 'lastContact'>;
  readonly log: Log;
  /** Milliseconds that never go back, nor jump ahead. */
  readonly elapsed: () => number;
  readonly staleMs: number;
}

/** Says once that the API server has not been heard for `staleMs`, and once that it is back; returns the timer to clear. */
export function reportSilence({ client, log, elapsed, staleMs }: SilenceOptions): NodeJS.Timeout {
  let told = false;
  let heard = { lastContact: client.lastContact(), at: elapsed() };
  const timer = setInterval(() => {
    // It is a time of day, and clocks are set: only that it has changed says something.
    const lastContact = client.lastContact();
    if (lastContact !== heard.lastContact) heard = { lastContact, at: elapsed() };
    const silentMs = Math.round(elapsed() - heard.at);
    if (silentMs > staleMs === told) return;
    told = !told;
    if (told) log('error', 'The API server has been silent; what is known of namespaces may be old.', { silentMs });
    else log('info', 'The API server is heard again.');
  }, staleMs / 10);
  timer.unref();
  return timer;
}
