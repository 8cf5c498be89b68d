import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import jsonpatch, { type Operation } from 'fast-json-patch';
import { parseManifests } from '../../src/manifests/parse.ts';
import { toJsonPatch } from '../../src/policy/patch.ts';
import { addedLines, planText, readFixtures } from './fixtures.ts';

/** The styles in which what is filled has to share a line with what stands there. */
const onOneLine = /^(flow-|json-)/;

/** Where an empty `{}` makes room. */
const makesRoom = /\.empty\./;

const fixtures = readFixtures('corpus');
const valuesIn = (text: string) => parseManifests(text, '').map(({ value }) => value);
const clone = <T>(value: T): T => JSON.parse(JSON.stringify(value));

describe('the corpus', () => {
  it('has every manifest with what becomes of it', () => {
    expect(fixtures.length).to.be.at.least(400);
    const files = readdirSync(join(import.meta.dirname, '../fixtures/corpus'));
    expect(files.filter((name) => name.includes('.expected.'))).to.have.lengthOf(fixtures.length);
  });

  for (const style of new Set(fixtures.map(({ name }) => name.split('.')[0] ?? ''))) {
    describe(style, () => {
      const own = fixtures.filter(({ name }) => name.startsWith(`${style}.`));
      const plans = own.map((fixture) => ({ ...fixture, plan: planText(fixture.input) }));

      it('comes out as expected, and never written anew', () => {
        for (const { name, expected, plan } of plans) {
          expect(plan.text, name).to.equal(expected);
          expect([...plan.problems, ...plan.notes], name).to.deep.equal([]);
        }
      });

      it('says what the patches make of what it said', () => {
        for (const { name, input, plan } of plans) {
          const documents = valuesIn(input).map(clone);
          for (const [index, { objects }] of plan.documents.entries()) {
            for (const { object, assignments } of objects) {
              const target = object.path.reduce<unknown>((at, key) => (at as never)[key], documents[index]);
              jsonpatch.applyPatch(target, clone(toJsonPatch(object.value, assignments)) as Operation[], true);
            }
          }
          expect(valuesIn(plan.text), name).to.deep.equal(documents);
        }
      });

      it('keeps every line where there is room', () => {
        for (const { name, input, plan } of plans) {
          if (onOneLine.test(name) || makesRoom.test(name)) continue;
          expect(addedLines(input, plan.text), name).to.not.equal(undefined);
        }
      });

      it('is changed no further by a second run', () => {
        for (const { name, plan } of plans) expect(planText(plan.text).text, name).to.equal(plan.text);
      });
    });
  }
});

describe('a manifest of 4 MB', () => {
  it('comes out with nothing but added lines', () => {
    const one = fixtures.find(({ name }) => name === 'indented.deployment.yaml');
    const filler = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: big\ndata:\n  key: |\n${'    some text: {[\n'.repeat(240_000)}`;
    const text = `${filler}---\n${one?.input}`;
    expect(text.length).to.be.greaterThan(4_000_000);
    expect(planText(text).text).to.equal(`${filler}---\n${one?.expected}`);
  });
});
