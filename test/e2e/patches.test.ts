import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type Json, runKubectl } from './kubectlReads.ts';
import { program } from './program.ts';

const corpus = fileURLToPath(new URL('../fixtures/corpus', import.meta.url));

/** The styles that kustomize, whose parser is another than kubectl's, reads like kubectl; the others add nothing here. */
const styles = ['indented', 'anchors', 'flow-all', 'json-pretty', 'windows', 'block-literal'];

let folder: string;
let manifests: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pod-hardener-patches-'));
  manifests = join(folder, 'manifests');
  await mkdir(manifests);
  const names = (await readdir(corpus)).filter((name) => styles.some((style) => name.startsWith(`${style}.`)));
  for (const name of names.filter((one) => !one.includes('.expected.'))) {
    await writeFile(join(manifests, name), await readFile(join(corpus, name)));
  }
});

after(() => rm(folder, { recursive: true }));

async function harden(...args: readonly string[]): Promise<string> {
  const command = [program, 'harden', '-f', manifests, ...args];
  return (await promisify(execFile)(process.execPath, command, { maxBuffer: 1024 ** 3 })).stdout;
}

/** What kustomize builds of files with those texts. */
async function build(kustomization: object, files: Readonly<Record<string, string>>): Promise<string> {
  const own = await mkdtemp(join(folder, 'kustomization-'));
  await writeFile(join(own, 'kustomization.yaml'), JSON.stringify(kustomization));
  for (const [name, text] of Object.entries(files)) await writeFile(join(own, name), text);
  const { out, said } = await runKubectl(['kustomize', own]);
  expect(said).to.equal('');
  return out;
}

async function inputs(): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(manifests);
  const texts = await Promise.all(names.map((name) => readFile(join(manifests, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}

describe('harden -o', () => {
  for (const profile of ['restricted', 'hardened']) {
    it(`kustomize prints patches by which kustomize makes what harden prints (${profile})`, async () => {
      const files = await inputs();
      const patch = await harden('-p', profile, '-o', 'kustomize');
      const resources = Object.keys(files);
      const patches = [{ path: 'hardened.yaml' }];
      const patched = await build({ resources, patches }, { ...files, 'hardened.yaml': patch });
      const hardened = await build(
        { resources: ['all.yaml'] },
        { 'all.yaml': await harden('-p', profile, '-o', 'yaml') },
      );
      expect(patched).to.equal(hardened);
      expect(patched)
        .to.include('runAsNonRoot: true')
        .and.not.equal(await build({ resources }, files));
    });
  }

  it('jsonpatch prints patches that kubectl patch takes', async () => {
    const lines = (await harden('-p', 'restricted', '-o', 'jsonpatch')).trim().split('\n');
    const hardened = JSON.parse(await harden('-p', 'restricted', '-o', 'json')).items as readonly Json[];
    const wanted = new Map(
      hardened.map((object) => [(object.metadata as { name?: string } | undefined)?.name, object]),
    );
    expect(lines.length).to.be.greaterThan(20);
    for (const line of lines.filter((one) => one.includes('"name":"indented.'))) {
      const { name, patch } = JSON.parse(line) as { name: string; patch: unknown };
      const file = join(manifests, `${name}.yaml`);
      if (!(await readdir(manifests)).includes(`${name}.yaml`)) continue;
      const args = ['patch', '--local', '--type=json', '-f', file, '-p', JSON.stringify(patch), '-o', 'json'];
      const { out, said } = await runKubectl(args);
      expect(said).to.equal('');
      expect(JSON.parse(out)).to.deep.equal(wanted.get(name));
    }
  });
});
