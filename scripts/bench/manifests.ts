import { parseAllDocuments, stringify } from 'yaml';
import { planFiles } from '../../src/commands/plan.ts';
import { interleaved } from './decisions.ts';
import { podWith } from './pods.ts';

export interface ManifestRow {
  readonly bytes: number;
  /** Documents per second that are read, hardened, and checked by reading the result. */
  readonly hardened: number;
  /** Documents per second that the YAML library reads, and nothing else. */
  readonly parsed: number;
}

/** How fast a manifest of the size of a typical pod is hardened on the command line, beside parsing it. */
export function measureManifests(): ManifestRow {
  const text = stringify({ apiVersion: 'v1', kind: 'Pod', ...podWith(3) });
  const sources = [{ name: 'pod.yaml', text }];
  const harden = () => planFiles(sources, { records: [], profile: 'restricted' });
  const parse = () => parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());
  const [hardened = Number.NaN, parsed = Number.NaN] = interleaved([harden, parse]);
  return { bytes: text.length, hardened: 1e6 / hardened, parsed: 1e6 / parsed };
}
