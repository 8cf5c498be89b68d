import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { fillDocument } from '../../src/manifests/fill.ts';
import { parseManifests } from '../../src/manifests/parse.ts';
import { applyChanges } from '../../src/policy/apply.ts';
import { assignmentsOf } from '../../src/policy/assignments.ts';
import { pods, runs } from '../arbitraries.ts';
import { cloneOf } from '../pods.ts';
import { addedLines, planText, readFixtures } from './fixtures.ts';

/** Where a value that stands there already has to make room, so that its line changes. */
const changingLines = [
  'commented-empties.yaml',
  'drop-lists.yaml',
  'empty-lists.yaml',
  'flow.yaml',
  'empty-context.yaml',
  'flow-maps.yaml',
  'foreign-anchor.yaml',
  'minified.json',
  'null-fields.yaml',
  'one-line.json',
  'pretty.json',
  'review.json',
];

const profiles = ['restricted', 'hardened'];
const fixtures = profiles.flatMap((profile) => readFixtures(profile).map((fixture) => ({ profile, ...fixture })));
const withMark = (text: string) => `\uFEFF${text}`;
const withWindowsLines = (text: string) => text.replaceAll('\n', '\r\n');
const withoutLastEnd = (text: string) => text.replace(/\n$/, '');

describe('fillDocument', () => {
  for (const { profile, name, input, expected } of fixtures) {
    describe(`${profile}: ${name}`, () => {
      it('comes out as expected', () => {
        expect(planText(input, profile).text).to.equal(expected);
        expect(planText(input, profile).problems).to.deep.equal([]);
      });

      it('is changed no further by a second run', () => {
        expect(planText(expected, profile).text).to.equal(expected);
      });

      it('comes out the same with a byte order mark, with Windows line ends, and without a last one', () => {
        for (const change of [withMark, withWindowsLines, withoutLastEnd]) {
          expect(planText(change(input), profile).text).to.equal(change(expected));
        }
      });

      if (!changingLines.includes(name)) {
        it('keeps every line', () => expect(addedLines(input, expected)).to.not.equal(undefined));
      }
    });
  }

  it('says so when a document has to be written anew, which only aliases of other places ask for', () => {
    const rewritten = fixtures
      .filter(({ input, profile }) => planText(input, profile).notes.length > 0)
      .map(({ name }) => name);
    expect(rewritten).to.deep.equal(['foreign-anchor.yaml']);
  });

  it('appends to one list and leaves its alias elsewhere as it is', () => {
    const text =
      'x: &drop [NET_RAW]\nspec:\n  containers:\n  - name: a\n    securityContext:\n      capabilities: {drop: *drop}\n';
    const [document] = parseManifests(planText(text).text, '');
    expect(document?.value).to.deep.include({ x: ['NET_RAW'] });
    expect(document?.value).to.have.deep.nested.property('spec.containers[0].securityContext.capabilities', {
      drop: ['NET_RAW', 'ALL'],
    });
  });

  it('quotes a value that YAML would read as something else', () => {
    const [document] = parseManifests('spec:\n  containers:\n  - name: a\n', '');
    if (!document) throw new Error('no document');
    const at = ['spec', 'securityContext'];
    const assignments = ['yes', '1_0', 'a: b', '/p/q.json', 'ü', '0o17', '~'].map((value, index) => ({
      path: [...at, `k${index}`],
      value,
    }));
    expect(fillDocument(document, [{ template: [], assignments }]).text).to.equal(
      'spec:\n  securityContext:\n    k0: "yes"\n    k1: "1_0"\n    k2: "a: b"\n    k3: /p/q.json\n    k4: "ü"\n    k5: "0o17"\n' +
        '    k6: "~"\n  containers:\n  - name: a\n',
    );
  });

  it('returns the text itself when there is nothing to fill', () => {
    const text = 'a:   {b: c }  # odd\n';
    const [document] = parseManifests(text, '');
    expect(document && fillDocument(document, [])).to.deep.equal({ text, rewritten: false });
  });

  const styles: Readonly<Record<string, (value: unknown) => string>> = {
    indented: (value) => stringify(value, { version: '1.1', aliasDuplicateObjects: false }),
    unindented: (value) => stringify(value, { indentSeq: false, version: '1.1', aliasDuplicateObjects: false }),
    wide: (value) =>
      stringify(value, { indent: 4, version: '1.1', aliasDuplicateObjects: false }).replaceAll('\n', '\r\n'),
    flow: (value) => stringify(value, { collectionStyle: 'flow', version: '1.1', aliasDuplicateObjects: false }),
    json: (value) => JSON.stringify(value, null, 2),
    minified: (value) => JSON.stringify(value),
  };

  for (const [style, write] of Object.entries(styles)) {
    it(`says what was intended, and nothing more, of any pod (${style})`, () => {
      fc.assert(
        fc.property(pods, fc.constantFrom(...profiles), (pod, profile) => {
          const text = write(cloneOf({ apiVersion: 'v1', kind: 'Pod', ...pod }));
          const { text: result, outcomes, problems } = planText(text, profile);
          expect(problems).to.deep.equal([]);
          const [before, after] = [text, result].map((one) => parseManifests(one, '')[0]?.value as object);
          const filled = outcomes.flatMap((outcome) => assignmentsOf(outcome.pod ?? pod, outcome.filled));
          expect(before).to.be.an('object');
          expect(after).to.deep.equal(before && applyChanges(before, filled));
          expect(planText(result, profile).text).to.equal(result);
        }),
        { ...runs, numRuns: 80 },
      );
    });
  }
});

describe('a container whose security context is merged from elsewhere', () => {
  const text = (more: string) =>
    `kind: Pod\nx: &c {securityContext: ${more}}\nspec:\n  containers:\n  - name: app\n    securityContext: {privileged: true}\n    <<: *c\n`;

  it('is filled by what counts, which is the last of the two, and nothing changes where it was merged from', () => {
    const { text: result, problems } = planText(text('{runAsNonRoot: true}'));
    expect(problems).to.deep.equal([]);
    const [document] = parseManifests(result, '');
    expect(document?.value).to.deep.equal({
      kind: 'Pod',
      x: { securityContext: { runAsNonRoot: true } },
      spec: {
        securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'app',
            securityContext: {
              runAsNonRoot: true,
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      },
    });
  });
});

describe('a document that can be filled only by writing it anew', () => {
  it('is left as it is, with the place named, when one of its numbers would not survive that', () => {
    const text = `kind: Pod
x: &c { securityContext: {}, n: 9007199254740993 }
spec:
  containers:
  - name: app
    <<: *c
`;
    const { text: result, problems } = planText(text);
    expect(result).to.equal(text);
    expect(problems.join()).to.match(/line 2, column 33: the number 9007199254740993 would become 9007199254740992/);
  });

  it('keeps the comments beside what is filled, and the escapes of what nobody sees', () => {
    const text = `kind: Pod
metadata: {annotations: {x: "\\u0085\\u2028"}}
spec:
  containers:
  - name: app
    securityContext:
      runAsNonRoot: # todo
      capabilities: {drop: # why
        }
`;
    const { text: result, problems } = planText(text);
    expect(problems).to.deep.equal([]);
    expect(result).to.include('runAsNonRoot: true # todo');
    expect(result).to.include('drop: [ ALL ] # why');
    expect(result).to.include('"\\u0085\\u2028"');
  });
});
