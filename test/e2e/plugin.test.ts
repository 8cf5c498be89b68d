import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { expect } from 'chai';
import { kubectlProgram } from '../../scripts/controlPlane.ts';
import { program } from './program.ts';
import { run } from './tools.ts';

describe('kubectl pod-hardener', () => {
  let kubectl: string;
  let folder: string;

  before(async function () {
    this.timeout(900_000);
    kubectl = await kubectlProgram(process.env, (line) => console.error(`    ${line}`));
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-plugin-'));
    for (const name of ['kubectl-pod_hardener', 'kubectl_complete-pod_hardener']) {
      await symlink(resolve(program), join(folder, name));
    }
  });

  after(() => folder && rm(folder, { recursive: true }));

  const call = (...args: readonly string[]) =>
    run(kubectl, args, '', { PATH: `${folder}${delimiter}${process.env.PATH}` });

  it('explains itself by that name', async () => {
    expect(await call('pod-hardener', '--help')).to.match(/^Usage: kubectl pod-hardener \[options\] \[command\]\n/);
  });

  it('is completed by kubectl', async () => {
    const printed = await call('__complete', 'pod-hardener', 'check', '--color', 'a');
    expect(printed.split('\n').slice(-4)).to.deep.equal(['auto', 'always', ':4', '']);
  });
});
