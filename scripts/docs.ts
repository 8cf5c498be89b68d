import { writeFileSync } from 'node:fs';
import { explainedPage } from '../src/output/explainedPage.ts';
import { explanationOf } from '../src/output/explanation.ts';

const page = new URL('../docs/controls.md', import.meta.url);

writeFileSync(page, explainedPage(explanationOf()));
console.error('The controls, reasons and profiles are in docs/controls.md.');
