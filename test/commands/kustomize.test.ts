import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runProgram } from '../program.ts';

const pod = 'kind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n';
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kustomize-'));
});

after(() => rm(folder, { recursive: true }));

/** A folder for `PATH` with a program of that name that does what the script says. */
async function programs(name: string, script: string): Promise<string> {
  const path = await mkdtemp(join(folder, 'path-'));
  await writeFile(join(path, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(path, name), 0o755);
  return path;
}

async function run(path: string, ...args: readonly string[]) {
  return runProgram(args, '', { ...process.env, PATH: path });
}

describe('-k', () => {
  it('reads what kubectl kustomize builds', async () => {
    const path = await programs('kubectl', `echo "# $*"; printf '${pod.replaceAll('\n', '\\n')}'`);
    const { out, said, status } = await run(path, 'harden', '-p', 'baseline', '-k', 'overlay');
    expect({ said, status }).to.deep.equal({ said: '1 template: 1 filled (1 field)\n', status: 0 });
    expect(out).to.equal(
      `# kustomize overlay\n${pod.replace('  containers', '  securityContext:\n    seccompProfile:\n      type: RuntimeDefault\n  containers')}`,
    );
  });

  it('takes kustomize itself where there is no kubectl, and says what it says', async () => {
    const path = await programs(
      'kustomize',
      `echo 'E1121 run.go:72] "command failed" err="no kustomization"' >&2; exit 1`,
    );
    const { out, said, status } = await run(path, 'harden', '-p', 'baseline', '-k', 'overlay');
    expect({ out, status }).to.deep.equal({ out: '', status: 2 });
    expect(said).to.equal('error: overlay: kustomize build says: no kustomization\n');
  });

  it('says what it needs where there is neither', async () => {
    const { said, status } = await run(
      await mkdtemp(join(folder, 'path-')),
      'harden',
      '-p',
      'baseline',
      '-k',
      'overlay',
    );
    expect(status).to.equal(2);
    expect(said).to.equal('error: overlay: -k needs kubectl or kustomize, and neither is installed\n');
  });

  it('passes over a program that may not be run', async () => {
    const path = await programs('kustomize', `printf '${pod.replaceAll('\n', '\\n')}'`);
    await writeFile(join(path, 'kubectl'), 'no program');
    const { said, status } = await run(path, 'harden', '-p', 'baseline', '-k', 'overlay');
    expect({ said, status }).to.deep.equal({ said: '1 template: 1 filled (1 field)\n', status: 0 });
    await rm(join(path, 'kustomize'));
    expect(await run(path, 'harden', '-p', 'baseline', '-k', 'overlay')).to.deep.equal({
      out: '',
      said: 'error: overlay: -k needs kubectl or kustomize, and neither is installed\n',
      status: 2,
    });
  });

  it('does the rest when a program ends without a word', async () => {
    const path = await programs('kubectl', `test "$2" = good || kill -9 $$; printf '${pod.replaceAll('\n', '\\n')}'`);
    const { out, said, status } = await run(path, 'harden', '-p', 'baseline', '-k', 'bad', 'good', '');
    expect(out).to.include('RuntimeDefault');
    expect({ said, status }).to.deep.equal({
      said:
        'error: bad: kubectl kustomize ended with SIGKILL\n' +
        'error: -k names no folder: the name is empty\n' +
        '1 template: 1 filled (1 field)\n',
      status: 2,
    });
  });

  it('has no place to be written to', async () => {
    const { said, status } = await run('', 'harden', '-k', 'overlay', '-i');
    expect(status).to.equal(2);
    expect(said).to.include(
      'what -k builds has no place to be written to with -i; print patches for it with -o kustomize',
    );
  });
});
