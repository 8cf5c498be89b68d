import { writeFileSync } from 'node:fs';
import { configurationSchema } from '../src/admission/configurationSchema.ts';
import { explainedPage } from '../src/output/explainedPage.ts';
import { explanationOf } from '../src/output/explanation.ts';
import { cliPage } from './cliPage.ts';
import { metricsPage } from './monitoring/metricsPage.ts';

const pages = {
  'cli.md': { text: cliPage(), about: 'The commands' },
  'controls.md': { text: explainedPage(explanationOf()), about: 'The controls, reasons and profiles' },
  'metrics.md': { text: await metricsPage(), about: 'The metrics' },
  'configuration.schema.json': {
    text: `${JSON.stringify(configurationSchema(), null, 2)}\n`,
    about: 'What the configuration file may say',
  },
};

for (const [name, { text, about }] of Object.entries(pages)) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text);
  console.error(`${about}: docs/${name}`);
}
