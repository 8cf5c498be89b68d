import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

/** A test that a document names as `FILE: TITLE`, the file below `test/`. */
interface Reference {
  readonly document: string;
  readonly file: string;
  readonly title: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The documents of which every row must name a test. */
const tables = ['faults.md', 'security.md'];

function referencesIn(document: string, text: string): readonly Reference[] {
  return [...text.matchAll(/(`{1,2}) ?([\w/]+\.test\.ts): (.+?) ?\1(?!`)/g)].map(([, , file = '', title = '']) => {
    return { document, file, title };
  });
}

/** The titles in a test's source, as patterns: what a template fills in may be anything. */
function titlesIn(source: string): readonly RegExp[] {
  const written = [...source.matchAll(/\b(?:it|describe)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)];
  return written.map(([, quote, text = '']) => {
    const parts = quote === '`' ? text.split(/\$\{[^}]*\}/) : [text];
    const literal = parts.map((part) => unescaped(part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${literal.join('.+')}$`);
  });
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** The references that lead nowhere. */
function lostIn(references: readonly Reference[]): readonly string[] {
  return references
    .filter(({ file, title }) => {
      const path = join(root, 'test', file);
      return !existsSync(path) || !titlesIn(readFileSync(path, 'utf8')).some((pattern) => pattern.test(title));
    })
    .map(({ document, file, title }) => `${document}: ${file}: ${title}`);
}

/** The rows of the tables in a document, without their heads. */
function rowsOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.filter((line, index) => {
    return line.startsWith('|') && !/^\|[-| ]+\|$/.test(line) && !/^\|[-| ]+\|$/.test(lines[index + 1] ?? '');
  });
}

describe('the documents', () => {
  const folder = join(root, 'docs');
  const documents = readdirSync(folder).filter((name) => name.endsWith('.md'));
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  it('name no test that is not there', () => {
    expect(lostIn(documents.flatMap((name) => referencesIn(name, read(name))))).to.deep.equal([]);
  });

  for (const name of tables) {
    it(`name a test in every row of ${name}`, () => {
      const rows = rowsOf(read(name));
      expect(rows.length).to.be.greaterThan(5);
      expect(rows.filter((row) => referencesIn(name, row).length === 0)).to.deep.equal([]);
    });
  }

  it('would be found out if they did', () => {
    const text =
      '`docs/evidence.test.ts: name no test that is not there` ' +
      '`docs/evidence.test.ts: name a test in every row of anything` ' +
      '`docs/evidence.test.ts: is not there` `no/such.test.ts: name no test that is not there`';
    expect(lostIn(referencesIn('x.md', text))).to.deep.equal([
      'x.md: docs/evidence.test.ts: is not there',
      'x.md: no/such.test.ts: name no test that is not there',
    ]);
  });
});
