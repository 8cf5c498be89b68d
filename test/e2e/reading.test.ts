import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { objectsIn } from '../../src/manifests/objects.ts';
import { parseManifests } from '../../src/manifests/parse.ts';
import { type Json, kubectlReads } from './kubectlReads.ts';
import { documents, scalars, whereLenient, whereStricter } from './writings.ts';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pod-hardener-reading-'));
});

after(() => rm(folder, { recursive: true }));

/** What we read in a text: its objects, or why not. */
function weRead(text: string): { readonly objects: readonly Json[]; readonly error?: string } {
  try {
    const parsed = parseManifests(text, 'test');
    const error = parsed.find((document) => document.error)?.error?.message;
    // JSON is what kubectl prints, too.
    const objects = parsed.flatMap(({ value }) =>
      objectsIn(value).map((object) => JSON.parse(JSON.stringify(object.value))),
    );
    return { objects, ...(error !== undefined && { error }) };
  } catch (error) {
    return { objects: [], error: (error as Error).message };
  }
}

/** The members of `spec` that each of the texts says to kubectl, undefined where it refuses to read it. */
async function kubectlSpecs(texts: readonly string[]): Promise<readonly unknown[]> {
  const own = await mkdtemp(join(folder, 'texts-'));
  await Promise.all(texts.map((text, index) => writeFile(join(own, `${index}.yaml`), named(text, index))));
  const { objects } = await kubectlReads(own);
  const specs = new Map(objects.map(({ metadata, spec }) => [(metadata as { name: string }).name, { spec }]));
  return texts.map((_, index) => specs.get(`n${index}`));
}

const named = (text: string, index: number) =>
  `apiVersion: example.com/v1\nkind: Example\nmetadata: {name: n${index}}\n${text}`;

function ourSpec(text: string): unknown {
  const { objects, error } = weRead(named(text, 0));
  return error === undefined ? { spec: objects[0]?.spec } : undefined;
}

/** The texts of which kubectl and we read different things, with what each reads. */
async function differences(texts: readonly string[]): Promise<readonly unknown[]> {
  const theirs = await kubectlSpecs(texts);
  return texts.flatMap((text, index) => {
    const [kubectl, ours] = [theirs[index], ourSpec(text)];
    return JSON.stringify(sorted(kubectl)) === JSON.stringify(sorted(ours)) ? [] : [{ text, kubectl, ours }];
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, member]) => [key, sorted(member)]),
  );
}

describe('what kubectl reads', () => {
  it(`is what we read of ${scalars.length} scalars`, async () => {
    expect(await differences(scalars.map((text) => `spec:\n  a: ${text}\n`))).to.deep.equal([]);
  });

  it('is what we read of keys, merges, aliases, block scalars and the like', async () => {
    expect(await differences(documents)).to.deep.equal([]);
  });

  it('is more than we read where that is not what anybody sees', async () => {
    const theirs = await kubectlSpecs(whereStricter);
    expect(theirs).not.to.include(undefined);
    expect(whereStricter.map(ourSpec)).to.deep.equal(whereStricter.map(() => undefined));
  });

  it('is less than we read only where that does no harm', async () => {
    expect(await kubectlSpecs(whereLenient)).to.deep.equal(whereLenient.map(() => undefined));
    expect(whereLenient.map(ourSpec)).not.to.include(undefined);
  });

  for (const half of ['as it is written', 'once it is hardened']) {
    it(`is what we read of the corpus ${half}`, async () => {
      const isHardened = half !== 'as it is written';
      const own = join(folder, isHardened ? 'after' : 'before');
      await mkdir(own);
      const names = (await readdir(join(fixtures, 'corpus'))).filter(
        (name) => name.includes('.expected.') === isHardened,
      );
      await Promise.all(names.map((name) => copyFile(join(fixtures, 'corpus', name), join(own, name))));
      const { objects, complaints } = await kubectlReads(own);
      // kubectl takes a directive for a document of its own.
      const readable = names.filter((name) => !name.startsWith('directive.'));
      const texts = await Promise.all(readable.map((name) => readFile(join(own, name), 'utf8')));
      const ours = texts.flatMap((text) => weRead(text).objects);
      expect(complaints.split('\n').filter((line) => line !== '' && !line.includes('/directive.'))).to.deep.equal([]);
      expect(byName(objects.filter((object) => !nameOf(object).startsWith('directive.')))).to.deep.equal(byName(ours));
      expect(ours.length).to.be.greaterThan(400);
    });
  }
});

describe('what kubectl reads of the other manifests', () => {
  for (const path of ['../fixtures/restricted', '../fixtures/hardened', '../../examples']) {
    it(`is what we read of ${path.slice(3)}`, async () => {
      const source = fileURLToPath(new URL(path, import.meta.url));
      const entries = await readdir(source, { recursive: true });
      // kubectl takes a directive for a document of its own.
      const names = entries.filter((name) => /\.(yaml|json)$/.test(name) && !name.startsWith('documents.'));
      const theirs: string[] = [];
      const ours: string[] = [];
      for (const name of names) {
        theirs.push(...(await kubectlReads(join(source, name))).objects.map(comparable));
        ours.push(...weRead(await readFile(join(source, name), 'utf8')).objects.map(comparable));
      }
      expect(theirs.filter((one, index) => one !== ours[index])).to.deep.equal([]);
      expect(ours.length).to.be.at.least(names.length);
    });
  }
});

/** kubectl gives every object metadata, to put its label in. */
function comparable(object: Json): string {
  return JSON.stringify(sorted({ ...object, metadata: object.metadata ?? {} }));
}

function nameOf({ metadata }: Json): string {
  return (metadata as { name: string }).name;
}

function byName(objects: readonly Json[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(objects.map((object) => [nameOf(object), object]));
}
