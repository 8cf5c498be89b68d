import { parseAllDocuments, stringify } from 'yaml';
import { planFiles } from '../../src/commands/plan.ts';
import { interleaved } from './decisions.ts';
import { podWith } from './pods.ts';
import type { Row } from './table.ts';

/** How fast a manifest of the size of a typical pod is hardened on the command line, beside parsing it. */
export function measureManifests(): Row {
  const text = stringify(podWith(3));
  const sources = [{ name: 'pod.yaml', text }];
  const harden = () => planFiles(sources, { records: [], profile: 'restricted' });
  const parse = () => parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());
  const [hardened = Number.NaN, parsed = Number.NaN] = interleaved([harden, parse]);
  return {
    'manifest KiB': text.length / 1024,
    'hardened and checked': 1e6 / hardened,
    'only parsed by yaml': 1e6 / parsed,
    ratio: parsed / hardened,
  };
}
