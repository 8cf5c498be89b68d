import { type Scalar, stringify, visit } from 'yaml';
import { dialect } from './dialect.ts';
import type { ManifestDocument } from './parse.ts';

/** Throws a ManifestError when a document has a number of which some digits would be lost if it were written anew. */
export function refuseLongNumbers({ nodes, errorAt, start }: ManifestDocument): void {
  visit(nodes, {
    Scalar(_, { value, source, range }: Scalar) {
      if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return;
      throw errorAt(range?.[0] ?? start, `the number ${source} has too many digits to be written in another format`);
    },
  });
}

/** The values as a stream of documents of YAML, in whose place kubectl reads the same. */
export function writeYaml(values: readonly unknown[]): string {
  return values.map((value) => stringify(value, options)).join('---\n');
}

const options = { ...dialect, lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false } as const;

/** The value as JSON, indented as kubectl does it. */
export function writeJson(value: unknown): string {
  return `${JSON.stringify(value, null, 4)}\n`;
}
