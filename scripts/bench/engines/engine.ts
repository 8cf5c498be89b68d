import type { Cluster } from '../../../test/e2e/cluster.ts';
import type { RunningProcess } from '../../../test/e2e/processes.ts';

/** A policy engine that pods can be filled by instead, run outside the cluster with rules for the same fields. */
export interface Engine {
  /** What it is chosen by. */
  readonly name: string;
  /** The name that people know, and the version. */
  readonly title: string;
  /**
   * Builds it where that was not done yet, and starts it with rules for the namespaces that have the labels. The API
   * server may not have heard of it yet. Throws one clear sentence where it cannot be had.
   */
  start(cluster: Cluster, options: EngineOptions): Promise<StartedEngine>;
}

export interface EngineOptions {
  readonly labels: Readonly<Record<string, string>>;
  /** Is told of what takes time. */
  readonly say: (line: string) => void;
}

export interface StartedEngine {
  readonly process: RunningProcess;
  /** Where the API server is to send pods, and whom to trust there, unless the engine sees to that itself. */
  readonly client?: { readonly url: string; readonly ca: string };
}
