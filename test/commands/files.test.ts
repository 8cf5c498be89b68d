import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { save } from '../../src/commands/save.ts';
import { readSources } from '../../src/commands/sources.ts';
import { ManifestError } from '../../src/manifests/errors.ts';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifests-'));
  await mkdir(join(folder, 'sub/node_modules'), { recursive: true });
  await mkdir(join(folder, 'empty'));
  const files = ['b.yml', 'a.yaml', 'c.json', 'readme.md', 'sub/d.YAML', 'sub/node_modules/e.yaml'];
  for (const file of files) await writeFile(join(folder, file), `text of ${file}`);
});

after(() => rm(folder, { recursive: true }));

async function read(targets: readonly string[], recursive = false): Promise<readonly string[]> {
  const sources = await readSources(targets, recursive, async () => Buffer.from('from stdin'));
  return sources.map((source) =>
    (source instanceof ManifestError ? source.message : `${source.name}: ${source.text}`).replaceAll(`${folder}/`, ''),
  );
}

describe('readSources', () => {
  it('reads the manifests of a folder by name', async () => {
    expect(await read([folder])).to.deep.equal([
      'a.yaml: text of a.yaml',
      'b.yml: text of b.yml',
      'c.json: text of c.json',
    ]);
  });

  it('looks into the folders below when asked to, but not into those of packages', async () => {
    expect(await read([folder], true))
      .to.include('sub/d.YAML: text of sub/d.YAML')
      .and.have.lengthOf(4);
  });

  it('reads a file whatever it is called, standard input, and each once', async () => {
    const readme = join(folder, 'readme.md');
    expect(await read(['-', readme, '-', readme])).to.deep.equal([
      'standard input: from stdin',
      'readme.md: text of readme.md',
    ]);
  });

  it('says what cannot be read in its place, and reads the rest', async () => {
    await writeFile(join(folder, 'binary'), Buffer.from([0xff, 0xfe, 0]));
    const targets = ['missing.yaml', 'binary', 'empty', 'a.yaml'].map((name) => join(folder, name));
    expect(await read(targets)).to.deep.equal([
      'missing.yaml: there is no such file',
      'binary: this is no text in UTF-8',
      `${folder}/empty: there is no .yaml, .yml or .json file in this folder; -R looks into the folders below it, too`.replace(
        `${folder}/`,
        '',
      ),
      'a.yaml: text of a.yaml',
    ]);
  });
});

describe('save', () => {
  it('writes a file anew, keeps its mode and leaves nothing else behind', async () => {
    const path = join(folder, 'sub/d.YAML');
    await chmod(path, 0o640);
    await save(path, 'new');
    expect(await readFile(path, 'utf8')).to.equal('new');
    expect((await stat(path)).mode & 0o777).to.equal(0o640);
    expect(await readdir(join(folder, 'sub'))).to.have.members(['d.YAML', 'node_modules']);
  });

  it('writes the file that a link leads to', async () => {
    const link = join(folder, 'link.yaml');
    await symlink('sub/d.YAML', link);
    await save(link, 'through the link');
    expect(await readFile(join(folder, 'sub/d.YAML'), 'utf8')).to.equal('through the link');
    await rm(link);
  });
});
