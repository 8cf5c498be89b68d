import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Validator } from '@cfworker/json-schema';
import { parseXml } from '@rgrove/parse-xml';
import { expect } from 'chai';
import { type CheckOutput, checkOutputs } from '../../src/commands/check.ts';
import { type PreviewOutput, previewOutputs } from '../../src/commands/preview.ts';
import { check } from '../../src/commands/runCheck.ts';
import { preview } from '../../src/commands/runPreview.ts';
import type { Terminal } from '../../src/commands/terminal.ts';
import { fakeTerminal } from '../commands/terminal.ts';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const input = { targets: ['test/fixtures/output'], recursive: false, color: 'auto' } as const;

const checked: Readonly<Record<CheckOutput, string>> = {
  table: 'check.table.txt',
  text: 'check.text.txt',
  json: 'check.json.txt',
  sarif: 'check.sarif.txt',
  junit: 'check.junit.xml',
  github: 'check.github.txt',
  markdown: 'check.markdown.md',
};

const previewed: Readonly<Record<PreviewOutput, string>> = {
  text: 'preview.text.txt',
  diff: 'preview.diff.txt',
  json: 'preview.json.txt',
};

function expected(name: string): string {
  return readFileSync(join(fixtures, 'output', name), 'utf8');
}

async function printed(run: (terminal: Terminal) => Promise<number>): Promise<string> {
  const { terminal, written } = fakeTerminal();
  expect(await run(terminal)).to.equal(2);
  return written.out;
}

const checkAs = (output: CheckOutput) => printed((terminal) => check({ ...input, fill: true, output }, terminal));

describe('check -o', () => {
  for (const output of checkOutputs.filter((one) => one !== 'sarif')) {
    it(`${output} prints what test/fixtures/output/${checked[output]} holds`, async () => {
      expect(await checkAs(output)).to.equal(expected(checked[output]));
    });
  }

  it(`sarif prints what test/fixtures/output/${checked.sarif} holds, but for the rules and the version`, async () => {
    const log = JSON.parse(await checkAs('sarif'));
    Object.assign(log.runs[0].tool.driver, { rules: [], semanticVersion: 'VERSION' });
    expect(`${JSON.stringify(log, null, 2)}\n`).to.equal(expected(checked.sarif));
  });

  it('sarif prints what the schema of SARIF 2.1.0 allows', async () => {
    const schema = JSON.parse(readFileSync(join(fixtures, 'sarif/sarif-2.1.0-rtm.5.json'), 'utf8'));
    const validator = new Validator(schema, '4', false);
    const log = JSON.parse(await checkAs('sarif'));
    expect(validator.validate(log).errors).to.deep.equal([]);
    log.runs[0].results[0].level = 'fatal';
    expect(validator.validate(log).valid).to.equal(false);
  });

  it('junit prints XML whose numbers are those of its test cases', async () => {
    const { root } = parseXml(await checkAs('junit'));
    const named = (name: string) => (root?.toString() ? countIn(root, name) : 0);
    expect(root?.attributes).to.deep.equal({ name: 'pod-hardener check', tests: '5', failures: '2', errors: '1' });
    expect(['testcase', 'failure', 'error', 'skipped'].map(named)).to.deep.equal([5, 2, 1, 1]);
  });
});

type Node = ReturnType<typeof parseXml>['children'][number];

function countIn(node: Node, name: string): number {
  if (!('children' in node)) return 0;
  const children = node.children as readonly Node[];
  const own = children.filter((child) => 'name' in child && child.name === name).length;
  return own + children.reduce((sum, child) => sum + countIn(child, name), 0);
}

describe('preview -o', () => {
  for (const output of previewOutputs) {
    it(`${output} prints what test/fixtures/output/${previewed[output]} holds`, async () => {
      const run = (terminal: Terminal) =>
        preview({ ...input, output, targets: [...input.targets, 'missing'] }, terminal);
      expect(await printed(run)).to.equal(expected(previewed[output]));
    });
  }
});
