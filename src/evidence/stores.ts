/** A stored table, as the API server has it. */
export interface StoredTable {
  readonly resourceVersion: string;
  /** Empty where nothing was stored yet. */
  readonly text: string;
}

/** The one place where tables are kept. Everything rejects with an error whose message is one clause for people. */
export interface TableStore {
  read(): Promise<StoredTable>;
  /** Answers with what is stored then, or `conflict` when it is not in this version any more. */
  write(text: string, resourceVersion: string): Promise<StoredTable | 'conflict'>;
}

/** Says something of an object in the cluster. Rejects as a TableStore does, also where it was no use to try again. */
export type Speak = (said: Said) => Promise<void>;

/** An Event: what it is about, and what is said. */
export interface Said {
  /** The same for the same thing, so that it is not said twice. */
  readonly id: string;
  readonly subject: Subject;
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}
