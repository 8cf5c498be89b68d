import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { kubectlProgram } from './controlPlane.ts';
import { monitoringFiles } from './monitoring/files.ts';
import { runScript } from './runScript.ts';

const help = `Usage: npm run manifests [-- --check]

Renders manifests/overlays/default into manifests/install.yaml, with the kubectl that the tests use, copies the chart's
values.yaml into its README, the alerts to the PrometheusRule and the chart, and writes the dashboard.

  --check    write nothing; fail if a file is not what would be written
`;

const header = `# pod-hardener and all that it needs, rendered by \`npm run manifests\` from manifests/overlays/default.
# The files in manifests/base say why things are as they are.
`;

const say = (line: string) => console.error(`manifests: ${line}`);

await runScript(help, say, main);

async function main(args: readonly string[]): Promise<number> {
  const renew = args.includes('--check') ? refuse : writeFile;
  const files = {
    'manifests/install.yaml': await installYaml(),
    'manifests/chart/README.md': await chartReadme(),
    ...(await monitoringFiles()),
  };
  for (const [path, content] of Object.entries(files)) {
    const isCurrent = (await readFile(path, 'utf8').catch(() => '')) === content;
    if (!isCurrent) await renew(path, content);
    say(`${path} is ${isCurrent ? 'up to date' : 'written'}`);
  }
  return 0;
}

async function refuse(path: string): Promise<void> {
  throw new Error(`${path} is stale: run \`npm run manifests\` and commit it`);
}

async function installYaml(): Promise<string> {
  const kubectl = await kubectlProgram(process.env, say);
  const { stdout } = await promisify(execFile)(kubectl, ['kustomize', 'manifests/overlays/default']);
  return header + stdout;
}

/** The values, with all that their comments say, take the place of the block in which they stood before. */
async function chartReadme(): Promise<string> {
  const readme = await readFile('manifests/chart/README.md', 'utf8');
  const values = await readFile('manifests/chart/values.yaml', 'utf8');
  return readme.replace(/```yaml\n.*?```\n/s, () => `\`\`\`yaml\n${values}\`\`\`\n`);
}
