import type { Configuration } from '../admission/configuration.ts';
import { type NamespaceRecord, type Policy, policyOf, writtenProfile } from '../admission/namespacePolicy.ts';
import { readTexts, watchFiles } from '../files/watchFiles.ts';
import type { FindPolicy } from '../webhook/reply.ts';
import type { Log } from './log.ts';

/** Where the policies of namespaces come from, and how it is doing. */
export interface PolicySource {
  readonly findPolicy: FindPolicy;
  /** The cluster's minor of Kubernetes 1; undefined when there is no cluster, or it has not told. */
  readonly minor: () => number | undefined;
  /** Whether all namespaces have been read once. */
  readonly synced: () => boolean;
  readonly status: () => SourceStatus;
  readonly stop: () => void;
}

export interface SourceStatus {
  readonly synced: boolean;
  /** Milliseconds since 1970. */
  readonly lastContact: number | undefined;
  readonly restarts: number;
  readonly drift: number;
  /** How many namespaces name each profile, by the profile as it is written. */
  readonly optedIn: ReadonlyMap<string, number>;
  readonly unrouted: number;
  /** Why the namespaces cannot be watched at the moment. */
  readonly problem: string | undefined;
}

/** The policies that the API server's namespaces describe. Rejects when there is no usable kubeconfig. */
export async function clusterPolicies(
  { kubeconfig, optIn }: { readonly kubeconfig?: string; readonly optIn: 'label' | 'annotation' },
  configuration: () => Configuration,
  log: Log,
): Promise<PolicySource> {
  const { createApiClient } = await import('../kubernetes/client.ts');
  const { watchServerVersion } = await import('../kubernetes/serverVersion.ts');
  const { createNamespaceSource } = await import('../kubernetes/namespaces.ts');
  const client = await createApiClient({ kubeconfig, log });
  const version = watchServerVersion({ client, log });
  const namespaces = createNamespaceSource({ client, routedBy: optIn, log });
  const policyFrom = memoized(configuration);
  return {
    findPolicy(name, deadlineMs) {
      const found = namespaces.find(name, deadlineMs);
      return found instanceof Promise
        ? found.then((record) => record && policyFrom(record))
        : found && policyFrom(found);
    },
    minor: version.minor,
    synced: namespaces.synced,
    status: namespaces.status,
    stop() {
      version.stop();
      namespaces.stop();
      client.close();
    },
  };
}

const lookAgainMs = 1_000;

/**
 * The policies that a file of Namespace manifests describes. The file is watched; one that cannot be read any more
 * is reported and the last good one stays. Rejects when it cannot be read the first time.
 */
export async function filePolicies(file: string, configuration: () => Configuration, log: Log): Promise<PolicySource> {
  const { readNamespaces } = await import('../manifests/namespaces.ts');
  const [text = ''] = await readTexts([file]);
  let records = byName(readNamespaces(text, file));
  let lastContact = Date.now();
  const policyFrom = memoized(configuration);
  const stop = watchFiles(
    [file],
    [text],
    lookAgainMs,
    ([changed = '']) => {
      records = byName(readNamespaces(changed, file));
      lastContact = Date.now();
      log('info', 'The namespaces were read again.', { file, namespaces: records.size });
    },
    (error) =>
      log('error', 'The namespaces could not be read again; the last ones stay.', { file, error: error.message }),
  );
  return {
    findPolicy(name) {
      const record = records.get(name);
      return record && policyFrom(record);
    },
    minor: () => undefined,
    synced: () => true,
    status: () => ({
      synced: true,
      lastContact,
      restarts: 0,
      drift: 0,
      optedIn: profilesOf(records),
      unrouted: 0,
      problem: undefined,
    }),
    stop,
  };
}

function byName(records: readonly NamespaceRecord[]): ReadonlyMap<string, NamespaceRecord> {
  return new Map(records.map((record) => [record.name, record]));
}

function profilesOf(records: ReadonlyMap<string, NamespaceRecord>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const record of records.values()) {
    const profile = writtenProfile(record);
    if (profile !== undefined) counts.set(profile, (counts.get(profile) ?? 0) + 1);
  }
  return counts;
}

/** A namespace's record is made anew when it changes, and so is the configuration: what follows is worked out once. */
function memoized(configuration: () => Configuration) {
  let under = configuration();
  let known = new WeakMap<NamespaceRecord, { readonly policy: Policy | undefined }>();
  return (record: NamespaceRecord): Policy | undefined => {
    const current = configuration();
    if (current !== under) [under, known] = [current, new WeakMap()];
    const entry = known.get(record) ?? { policy: policyOf(record, current) };
    known.set(record, entry);
    return entry.policy;
  };
}
