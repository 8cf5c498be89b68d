import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

const folder = new URL('../fixtures/reviews/', import.meta.url);

/** Reviews as an API server sends them, one of each kind. */
export const corpus: readonly string[] = readdirSync(fileURLToPath(folder))
  .sort()
  .map((file) => readFileSync(new URL(file, folder), 'utf8'));

/** What stands in the environment of a container of the corpus, and must be seen nowhere else. */
export const secret = 'secret-of-the-corpus';

/** JSON that is put in place of a part of a review, and some that is none. */
const oddTexts = [
  'null',
  'true',
  '0',
  '-0',
  '1e400',
  '-1e-400',
  '9223372036854775807',
  '123456789012345678901234567890',
  '0.1e1',
  '""',
  '" "',
  '"\\u0000\\n\\u2028\\ud800"',
  '"../../../etc/passwd"',
  '"%2e%2e%2fsecrets"',
  JSON.stringify('x'.repeat(70_000)),
  '[]',
  '{}',
  '[null]',
  '[[],{},0,"",null]',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"hasOwnProperty":null,"length":-1,"toJSON":"x","then":"y"}',
  '{"a":1,"a":{"a":2},"a":null}',
  '['.repeat(20_000) + ']'.repeat(20_000),
  `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  `[${'{},'.repeat(5_000)}{}]`,
  'NaN',
  '{"a"}',
  "'a'",
  '',
];

type Json = Record<string, unknown>;

/** Becomes `__proto__` in the text only: an assignment to that would do something else. */
const protoMark = '@@proto@@';

const edit = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'double', 'rename'),
  text: fc.constantFrom(...oddTexts),
});

const edited = fc
  .tuple(fc.constantFrom(...corpus), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([text, edits]) => {
    const review = JSON.parse(text) as Json;
    const marks: string[] = [];
    for (const { at, how, text: odd } of edits) {
      const places = placesIn(review);
      const [parent, key] = places[at % places.length] ?? [review, 'request'];
      const mark = `@@${marks.length}@@`;
      marks.push(odd);
      if (how === 'replace') parent[key] = mark;
      else if (how === 'remove') delete parent[key];
      else if (how === 'double') parent[`${key}${mark}`] = mark;
      else parent[protoMark] = parent[key];
    }
    const withMarks = JSON.stringify(review).replaceAll(protoMark, '__proto__');
    return marks.reduce((json, odd, index) => {
      // A key that carries the mark stands for a second one of its name.
      return json.replaceAll(`@@${index}@@":`, '":').replaceAll(`"@@${index}@@"`, () => odd);
    }, withMarks);
  })
  .map((text) => Buffer.from(text));

/** Every member of every object and list in the value. */
function placesIn(value: unknown): readonly (readonly [Json, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [[value as Json, key] as const, ...placesIn(child)]);
}

const garbled = fc
  .tuple(fc.constantFrom(...corpus), fc.nat(), fc.nat({ max: 400 }), fc.uint8Array({ maxLength: 40 }))
  .map(([text, at, cut, bytes]) => {
    const body = Buffer.from(text);
    const start = at % body.length;
    return Buffer.concat([body.subarray(0, start), bytes, body.subarray(start + cut)]);
  });

const whole = fc
  .constantFrom(...corpus)
  .chain((text) =>
    fc.constantFrom(
      Buffer.from(text + text),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(text, 'utf16le'),
      Buffer.from(`[${text}]`),
      Buffer.from(JSON.stringify(text)),
      gzipSync(text),
    ),
  );

/** Bodies that somebody could send in place of a review: changed, garbled and wrapped ones, and plain nonsense. */
export const hostileBodies: fc.Arbitrary<Buffer> = fc
  .oneof(
    { weight: 12, arbitrary: edited },
    { weight: 4, arbitrary: garbled },
    { weight: 2, arbitrary: whole },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4_000 }).map((bytes) => Buffer.from(bytes)) },
  )
  // A counterexample is to be read by people.
  .map((body) => Object.assign(body, { [fc.toStringMethod]: () => body.toString().slice(0, 3_000) }));
