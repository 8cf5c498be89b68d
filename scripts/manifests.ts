import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { kubectlProgram } from './controlPlane.ts';

const help = `Usage: npm run manifests [-- --check]

Renders manifests/overlays/default into manifests/install.yaml, with the kubectl that the tests use.

  --check    write nothing; fail if the file is not what would be written
`;

const root = fileURLToPath(new URL('..', import.meta.url));
const target = 'manifests/install.yaml';
const header = `# pod-hardener and all that it needs, rendered by \`npm run manifests\` from manifests/overlays/default.
# The files in manifests/base say why things are as they are.
`;

const say = (line: string) => console.error(`manifests: ${line}`);

process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
  say(error.message);
  return 1;
});

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(help);
    return 0;
  }
  process.chdir(root);
  const rendered = header + (await kustomize('manifests/overlays/default'));
  const isCurrent = (await readFile(target, 'utf8').catch(() => '')) === rendered;
  if (isCurrent) say(`${target} is up to date`);
  else if (args.includes('--check')) throw new Error(`${target} is stale: run \`npm run manifests\` and commit it`);
  else {
    await writeFile(target, rendered);
    say(`${target} is written`);
  }
  return 0;
}

async function kustomize(folder: string): Promise<string> {
  const kubectl = await kubectlProgram(process.env, say);
  return (await promisify(execFile)(kubectl, ['kustomize', folder])).stdout;
}
