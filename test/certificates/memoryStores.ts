import type { SecretChange, SecretStore, StoredSecret, Trust, TrustStore } from '../../src/certificates/stores.ts';
import { changed } from './secrets.ts';

/** A Secret and a webhook configuration that any number of replicas share, and that fail as they are told. */
export interface MemoryStores {
  readonly secrets: SecretStore;
  readonly trust: TrustStore;
  /** What is stored; who sets it need not count versions. */
  secret: StoredSecret | undefined;
  bundles: readonly string[] | undefined;
  /** Thrown by every write of that object. */
  refusal: { secret?: string; trust?: string };
  /** What was written, in order. */
  readonly writes: ('create' | 'update' | 'trust')[];
  /** Told after each change, also of those that a test makes. */
  onChange: () => void;
  currentTrust(): Trust | undefined;
}

export function createMemoryStores(): MemoryStores {
  let secret: StoredSecret | undefined;
  let trust: Trust | undefined;
  let version = 0;
  const stores: MemoryStores = {
    refusal: {},
    writes: [],
    onChange: () => {},
    currentTrust: () => trust,
    get secret() {
      return secret;
    },
    set secret(value) {
      version += 1;
      secret = value && { ...value, resourceVersion: String(version) };
      stores.onChange();
    },
    get bundles() {
      return trust?.bundles;
    },
    set bundles(bundles) {
      version += 1;
      trust = bundles && { resourceVersion: String(version), bundles, places: bundles.map((_, place) => place) };
      stores.onChange();
    },
    secrets: {
      read: () => later(() => secret),
      create: (change) => later(() => (secret ? 'conflict' : write('create', change))),
      update: (change, seen) =>
        later(() => (secret?.resourceVersion === seen ? write('update', change) : ('conflict' as const))),
    },
    trust: {
      read: () => later(() => trust),
      write: (bundle, seen) =>
        later(() => {
          if (stores.refusal.trust) throw new Error(stores.refusal.trust);
          if (trust?.resourceVersion !== seen.resourceVersion) return 'conflict' as const;
          stores.writes.push('trust');
          stores.bundles = trust.bundles.map(() => bundle);
          return trust as Trust;
        }),
    },
  };

  function write(what: 'create' | 'update', change: SecretChange): StoredSecret {
    if (stores.refusal.secret) throw new Error(stores.refusal.secret);
    stores.writes.push(what);
    stores.secret = changed(secret, change);
    return secret as StoredSecret;
  }

  return stores;
}

/** As over a network: others have their turn meanwhile. */
async function later<T>(work: () => T): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve));
  return work();
}
