import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { explainedPage } from '../src/output/explainedPage.ts';
import { explanationOf } from '../src/output/explanation.ts';

describe('docs/controls.md', () => {
  it('says what the controls say of themselves', () => {
    const written = readFileSync(new URL('../docs/controls.md', import.meta.url), 'utf8');
    if (written !== explainedPage(explanationOf())) expect.fail('docs/controls.md is stale: run `npm run docs`');
  });
});
