import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { cliPage } from '../scripts/cliPage.ts';
import { createProgram } from '../src/commands/program.ts';
import { explainedPage } from '../src/output/explainedPage.ts';
import { explanationOf } from '../src/output/explanation.ts';

describe('docs/controls.md', () => {
  it('says what the controls say of themselves', () => {
    const written = readFileSync(new URL('../docs/controls.md', import.meta.url), 'utf8');
    if (written !== explainedPage(explanationOf())) expect.fail('docs/controls.md is stale: run `npm run docs`');
  });
});

describe('docs/cli.md', () => {
  const page = cliPage();

  it('says what the commands say of themselves', () => {
    const written = readFileSync(new URL('../docs/cli.md', import.meta.url), 'utf8');
    if (written !== page) expect.fail('docs/cli.md is stale: run `npm run docs`');
  });

  it('has every option of every command, and the examples', () => {
    const missing = createProgram().commands.flatMap((command) => {
      const [, section = ''] = page.split(`\n## pod-hardener ${command.name()}\n`);
      const own = section.split('\n## ')[0] ?? '';
      const flags = command.options.map(({ flags }) => `\n- \`${flags}\`: `);
      return [...flags, '\nExamples:\n'].filter((text) => !own.includes(text)).map((text) => command.name() + text);
    });
    expect(missing).to.deep.equal([]);
  });
});
