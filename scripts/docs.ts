import { writeFileSync } from 'node:fs';
import { explainedPage } from '../src/output/explainedPage.ts';
import { explanationOf } from '../src/output/explanation.ts';
import { cliPage } from './cliPage.ts';
import { metricsPage } from './monitoring/metricsPage.ts';

const pages = {
  cli: { text: cliPage(), about: 'The commands' },
  controls: { text: explainedPage(explanationOf()), about: 'The controls, reasons and profiles' },
  metrics: { text: await metricsPage(), about: 'The metrics' },
};

for (const [name, { text, about }] of Object.entries(pages)) {
  writeFileSync(new URL(`../docs/${name}.md`, import.meta.url), text);
  console.error(`${about} are in docs/${name}.md.`);
}
