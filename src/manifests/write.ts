import { type Scalar, stringify, visit } from 'yaml';
import { dialect } from './dialect.ts';
import type { ManifestDocument } from './parse.ts';

/** Throws a ManifestError when a document has a number that would not be the same, to the last digit, written anew. */
export function refuseLongNumbers({ nodes, errorAt, start, format }: ManifestDocument): void {
  visit(nodes, {
    Scalar(_, { value, source = '', range, type }: Scalar) {
      const at = range?.[0] ?? start;
      // To YAML it is text, but in JSON there is no text without quotes.
      if (format === 'json' && type === 'PLAIN' && typeof value === 'string')
        throw errorAt(at, `the number ${source} is too large to be written in another format`);
      if (typeof value === 'number' && !isFaithful(value, source))
        throw errorAt(at, `the number ${source} has too many digits to be written in another format`);
    },
  });
}

/** Whether a number is exactly what is written there. */
function isFaithful(value: number, source: string): boolean {
  const plain = source.replaceAll('_', '');
  const written = decimalOf(plain);
  // An integer may be written to another base, and was read digit by digit.
  if (Number.isSafeInteger(value) && (written === undefined || /^[-+]?\d+$/.test(plain))) return true;
  return written !== undefined && written === decimalOf(String(value));
}

/** A decimal number without the freedom that there is in writing it: `12e-1` for `1.2`, `+01.20` and `0.12e1`. */
function decimalOf(text: string): string | undefined {
  const match = /^([-+]?)(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const telling = digits.replace(/(?<!0)0+$/, '');
  if (telling === '') return '0';
  return `${sign === '-' ? '-' : ''}${telling}e${Number(exponent) - fraction.length + digits.length - telling.length}`;
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
