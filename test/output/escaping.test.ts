import { readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { expect } from 'chai';
import fc from 'fast-check';
import { checkGithub } from '../../src/output/checkGithub.ts';
import { checkJunit } from '../../src/output/checkJunit.ts';
import { checkMarkdown, code } from '../../src/output/checkMarkdown.ts';
import { checkSarif } from '../../src/output/checkSarif.ts';
import { fileUri } from '../../src/output/fileNames.ts';
import { anyText } from '../arbitraries.ts';
import { objecting, resultsOf, templateOf } from './templates.ts';

const odd = ['"', "'", '<', '>', '&', ']]>', '%', ',', ':', '::', '|', '`', '\\', '\n', '\r', '\t', '\u001b', '\u0000'];
const odder = ['\uFFFE', '\uD800', '\u2028', '世界', '🙂', '@team', '#1', '%0A', '&amp;', '-->', '$x$', ' '];
const text = fc
  .array(fc.oneof(fc.constantFrom(...odd, ...odder), anyText(4)), { maxLength: 12 })
  .map((parts) => parts.join(''));

/** Results in which a template, its file, its namespace, what is objected to, and a problem are named at will. */
const results = fc
  .record({ title: text, file: text, namespace: text, detail: text, problem: text })
  .map(({ title, file, namespace, detail, problem }) => ({
    ...resultsOf(templateOf({ title, file: `f${file}`, namespace, after: objecting(detail) })),
    problems: [{ file: `p${file}`, at: { line: 1, column: 2 }, text: problem }, { text: problem }],
  }));

const runs = { numRuns: 200 };

function unescaped(part: string): string {
  return part.replace(/%(25|0D|0A|3A|2C)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

describe('the workflow commands of GitHub', () => {
  it('are one line each, whatever is named in them', () => {
    fc.assert(
      fc.property(results, (one) => {
        const lines = checkGithub(one).split(/\r\n|\r|\n/);
        expect(lines.pop()).to.equal('');
        expect(lines).to.have.lengthOf(3);
        for (const line of lines) expect(line).to.match(/^::error [^\r\n]*?::/);
      }),
      runs,
    );
  });

  it('give back the name of the file and a place', () => {
    for (const name of ['100%,a:b.yaml', 'a\nb.yaml', '%0A.yaml', 'äö 世界.yaml', 'd/"q".yaml']) {
      const [, properties = ''] =
        /^::error (.*?)::/.exec(checkGithub(resultsOf(templateOf({ file: name, after: objecting() })))) ?? [];
      const given = properties.split(',').map((part) => part.split('=') as [string, string]);
      expect(given.map(([key, value]) => [key, unescaped(value)])).to.deep.equal([
        ['file', name],
        ['line', '7'],
        ['col', '3'],
        ['title', 'pod-hardener: hostNamespaces'],
      ]);
    }
  });
});

describe("JUnit's XML", () => {
  it('can be read, whatever is named in it', () => {
    fc.assert(
      fc.property(results, (one) => {
        const { root } = parseXml(checkJunit(one));
        expect(root?.attributes).to.deep.equal({ name: 'pod-hardener check', tests: '3', failures: '1', errors: '2' });
      }),
      runs,
    );
  });

  it('gives names back as they are, but for what XML cannot hold', () => {
    const title = 'a"b\'c<d>&amp;]]>\n\r\t世🙂\u0000\u001b\uD800\uFFFE';
    const { root } = parseXml(checkJunit(resultsOf(templateOf({ title, file: 'x&y <z>.yaml' }))));
    const suite = root?.children.find((child) => child instanceof XmlElement) as XmlElement;
    const one = suite.children.find((child) => child instanceof XmlElement) as XmlElement;
    expect(suite.attributes.name).to.equal('x&y <z>.yaml');
    expect(one.attributes.name).to.equal('a"b\'c<d>&amp;]]>\n\r\t世🙂????');
  });
});

describe('SARIF', () => {
  const schema = JSON.parse(readFileSync('test/fixtures/sarif/sarif-2.1.0-rtm.5.json', 'utf8'));
  const validator = new Validator(schema, '4', false);

  it('is as the schema has it, whatever is named in it', () => {
    fc.assert(
      fc.property(results, (one) => {
        const log = JSON.parse(checkSarif(one));
        // The rules are always the same ones, and take long.
        log.runs[0].tool.driver.rules = [];
        expect(validator.validate(log).errors).to.deep.equal([]);
      }),
      { numRuns: 30 },
    );
  });

  it('names files relative to the folder and encoded, or with a scheme where they are not below it', () => {
    const uris = [
      './a b/c.yaml',
      '/repository/x:y%#?.yaml',
      '世.yaml',
      '../up.yaml',
      '/else/where it.yaml',
      'a"<>\n.yaml',
    ];
    expect(uris.map((file) => fileUri('/repository', file))).to.deep.equal([
      'a%20b/c.yaml',
      'x%3Ay%25%23%3F.yaml',
      '%E4%B8%96.yaml',
      'file:///up.yaml',
      'file:///else/where%20it.yaml',
      'a%22%3C%3E%0A.yaml',
    ]);
  });

  it('has a fingerprint that differs between findings and stays when lines move or words change', () => {
    const fingerprints = (...templates: readonly Parameters<typeof templateOf>[0][]) =>
      JSON.parse(checkSarif(resultsOf(...templates.map(templateOf)))).runs[0].results.map(
        (one: { partialFingerprints: Record<string, string> }) => one.partialFingerprints['podHardener/v1'],
      );
    const after = objecting();
    const [one, moved, other] = fingerprints(
      { after },
      { after: objecting('hostNetwork=true, as it were'), positionOf: () => ({ line: 9, column: 1 }) },
      { after, name: 'b' },
    );
    expect(one).to.match(/^[0-9a-f]{64}$/);
    expect(moved).to.equal(one);
    expect(other).not.to.equal(one);
  });

  it('has a rule for every control, with a help text, and results that point to theirs', () => {
    const [{ tool, results: found }] = JSON.parse(checkSarif(resultsOf(templateOf({ after: objecting() })))).runs;
    const { rules } = tool.driver;
    expect(rules.map(({ id }: { id: string }) => id)).to.include.members([
      'seccompProfile',
      'hostNamespaces',
      'volumes',
    ]);
    expect(rules[found[0].ruleIndex].id).to.equal('hostNamespaces');
    for (const { help, helpUri, shortDescription } of rules) {
      expect(help.text.length).to.be.greaterThan(80);
      expect(help.text).not.to.include('`');
      expect(help.markdown).to.include('- Fields: `');
      expect(helpUri).to.match(/^https:\/\/kubernetes\.io\//);
      expect(shortDescription.text.length).to.be.lessThan(80);
    }
  });
});

describe('Markdown', () => {
  it('keeps a row in a line and four cells, whatever is named in it', () => {
    fc.assert(
      fc.property(results, (one) => {
        const rows = checkMarkdown(one)
          .split('\n')
          .filter((line) => line.startsWith('| '));
        expect(rows).to.have.lengthOf(2);
        for (const row of rows) expect(row.split('|')).to.have.lengthOf(6);
      }),
      runs,
    );
  });

  it('writes names as code, with entities for what would end it', () => {
    expect(code('Pod/web <b> @team *x*')).to.equal('`Pod/web <b> @team *x*`');
    expect(code('a`b|c<d>')).to.equal('<code>a&#96;b&#124;c&#60;d&#62;</code>');
    expect(code('a\\')).to.equal('<code>a&#92;</code>');
    expect(code(' ')).to.equal('<code> </code>');
    expect(code('a\nb')).to.equal('`a?b`');
  });
});
