/** Our Secret, as the API server has it. */
export interface StoredSecret {
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Decoded. What is no text is not kept. */
  readonly data: Readonly<Record<string, string>>;
}

/** What to make of our Secret. A value of null takes a key out; keys that are not named stay. */
export interface SecretChange {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly data: Readonly<Record<string, string | null>>;
}

/** The one Secret. Everything rejects with an error whose message is one clause for people. */
export interface SecretStore {
  read(): Promise<StoredSecret | undefined>;
  /** Answers with what is stored then, or `conflict` when there is such a Secret by now. */
  create(change: SecretChange): Promise<StoredSecret | 'conflict'>;
  /** Answers with what is stored then, or `conflict` when it is not in this version any more. */
  update(change: SecretChange, resourceVersion: string): Promise<StoredSecret | 'conflict'>;
}

/** What the API server trusts when it calls us, by its webhook configuration. */
export interface Trust {
  readonly resourceVersion: string;
  /** The CA bundle of each webhook that calls our Service, in PEM. */
  readonly bundles: readonly string[];
  /** Where in the configuration each of them stands. */
  readonly places: readonly number[];
}

/** The one webhook configuration; there is no trust while it is not installed. Rejects as a SecretStore does. */
export interface TrustStore {
  read(): Promise<Trust | undefined>;
  /** Makes every webhook that calls our Service trust this bundle, if nothing has changed since. Answers as SecretStore does. */
  write(bundle: string, seen: Trust): Promise<Trust | 'conflict'>;
}
