import { writeFileSync } from 'node:fs';
import { explainedPage } from '../src/output/explainedPage.ts';
import { explanationOf } from '../src/output/explanation.ts';
import { cliPage } from './cliPage.ts';

const docs = new URL('../docs/', import.meta.url);

writeFileSync(new URL('controls.md', docs), explainedPage(explanationOf()));
console.error('The controls, reasons and profiles are in docs/controls.md.');
writeFileSync(new URL('cli.md', docs), cliPage());
console.error('The commands are in docs/cli.md.');
