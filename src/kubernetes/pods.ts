import type { ApiClient } from './client.ts';
import type { ListWatchLimits } from './limits.ts';
import type { Item } from './list.ts';
import { type ListWatch, startListWatch } from './listWatch.ts';
import type { Log } from './log.ts';
import type { OnChange } from './memory.ts';
import { decodeObjectMeta, isRecord } from './objectMeta.ts';

/** What is kept of a pod. Its name is that of its namespace and its own. */
export interface PodItem<T> extends Item {
  readonly sighting: T;
}

export interface PodWatchOptions<T> {
  readonly client: ApiClient;
  /** Returns what to keep of a pod; never throws. */
  readonly sight: (object: unknown) => T;
  readonly onChange: OnChange<PodItem<T>>;
  readonly log: Log;
  readonly limits?: Partial<ListWatchLimits>;
  readonly random?: () => number;
}

// A pod takes some 10 KiB on its way, and reviews wait while a page is read. What a watch has missed is no disaster: a hint comes later.
const podLimits: Partial<ListWatchLimits> = { pageSize: 100, checkMs: 6 * 3_600_000 };

const forbidden =
  'the API server does not allow listing and watching pods: apply the component evidence of the manifests, or leave ' +
  '--evidence out';

/** Begins to watch the pods of all namespaces, and goes on until `stop()`. Of each only a sighting is kept. */
export function watchPods<T>({ sight, limits, ...options }: PodWatchOptions<T>): ListWatch<PodItem<T>> {
  return startListWatch<PodItem<T>>({
    ...options,
    path: '/api/v1/pods',
    accept: 'application/json',
    forbidden,
    limits: { ...podLimits, ...limits },
    decode(object) {
      const { name, uid, resourceVersion } = decodeObjectMeta(object);
      return { name: `${namespaceOf(object)}/${name}`, uid, resourceVersion, sighting: sight(object) };
    },
  });
}

function namespaceOf(object: unknown): string {
  const metadata = isRecord(object) ? object.metadata : undefined;
  return isRecord(metadata) ? String(metadata.namespace) : '';
}
