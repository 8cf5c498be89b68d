import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { helmProgram } from './helm.ts';

const help = `Usage: npm run chart

Has Helm look for faults in manifests/chart: its form, its templates, and its values against their schema.
`;

const say = (line: string) => console.error(`chart: ${line}`);

if (process.argv.includes('--help')) {
  console.log(help);
} else {
  const folder = fileURLToPath(new URL('../manifests/chart', import.meta.url));
  const helm = await helmProgram(process.env, say);
  process.exitCode = spawnSync(helm, ['lint', '--strict', folder], { stdio: 'inherit' }).status ?? 1;
}
