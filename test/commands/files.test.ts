import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
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
    await writeFile(join(folder, 'latin1'), Buffer.from('name: caf\u00e9\n', 'latin1'));
    await writeFile(join(folder, 'image'), Buffer.from([0x41, 0x4e, 0x47, 0]));
    const targets = ['missing.yaml', 'binary', 'latin1', 'image', 'empty', 'a.yaml'].map((name) => join(folder, name));
    expect(await read(targets)).to.deep.equal([
      'missing.yaml: there is no such file',
      'binary: this is no text in UTF-8, but in UTF-16',
      'latin1: this is no text in UTF-8',
      'image: this is no text',
      `${folder}/empty: there is no .yaml, .yml or .json file in this folder; -R looks into the folders below it, too`.replace(
        `${folder}/`,
        '',
      ),
      'a.yaml: text of a.yaml',
    ]);
  });
});

describe('readSources', () => {
  it('passes over the templates of a Helm chart, and says so', async () => {
    const chart = join(folder, 'chart');
    await mkdir(join(chart, 'templates/sub'), { recursive: true });
    for (const file of ['Chart.yaml', 'templates/a.yaml', 'templates/sub/b.yaml']) {
      await writeFile(join(chart, file), `text of ${file}`);
    }
    const told: string[] = [];
    const sources = await readSources(
      [chart],
      true,
      async () => Buffer.of(),
      (note) => void told.push(note),
    );
    expect(sources.map((source) => 'path' in source && source.path)).to.deep.equal([join(chart, 'Chart.yaml')]);
    const passedOver = 'these templates of a Helm chart are passed over; pipe in what helm template makes of them';
    expect(told).to.deep.equal([`${chart}/templates: ${passedOver}`]);
    expect(await read([join(chart, 'templates')])).to.deep.equal([
      'chart/templates: there is nothing else in this folder',
    ]);
  });

  it('refuses what is too large to be a manifest, before all of it is read', async () => {
    const large = join(folder, 'large.txt');
    await writeFile(large, '');
    await truncate(large, 100 * 1024 * 1024);
    expect(await read([large])).to.deep.equal(['large.txt: this is larger than 16 MiB']);
    await rm(large);
  });

  it('reads a pipe', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writing = writeFile(pipe, 'from a pipe');
    expect(await read([pipe])).to.deep.equal(['pipe: from a pipe']);
    await writing;
    await rm(pipe);
  });

  it('says which file leads nowhere, and reads the others', async () => {
    const links = join(folder, 'links');
    await mkdir(links);
    await writeFile(join(links, 'b.yaml'), 'b');
    await symlink('nowhere', join(links, 'a.yaml'));
    await symlink('c.yaml', join(links, 'c.yaml'));
    await symlink('.', join(links, 'd.yaml'));
    expect(await read([links])).to.deep.equal([
      'links/a.yaml: there is no such file',
      'links/b.yaml: b',
      'links/c.yaml: this is a link that leads to itself',
      'links/d.yaml: this is a folder',
    ]);
  });
});

describe('save', () => {
  let own: string;
  let path: string;

  beforeEach(async () => {
    own = await mkdtemp(join(folder, 'save-'));
    path = join(own, 'a.yaml');
    await writeFile(path, 'old');
  });

  /** The sentence that saving is refused with. */
  const refusal = (read = 'old') => save(path, 'new', read).then(() => undefined, String);

  it('writes a file anew, keeps its mode and leaves nothing else behind', async () => {
    await chmod(path, 0o640);
    await save(path, 'new', 'old');
    expect(await readFile(path, 'utf8')).to.equal('new');
    expect((await stat(path)).mode & 0o777).to.equal(0o640);
    expect(await readdir(own)).to.deep.equal(['a.yaml']);
  });

  it('writes the file that a link leads to', async () => {
    const link = join(own, 'link.yaml');
    await symlink('a.yaml', link);
    await save(link, 'through the link', 'old');
    expect(await readFile(path, 'utf8')).to.equal('through the link');
    expect((await lstat(link)).isSymbolicLink()).to.equal(true);
  });

  it('does not write over what somebody has written since', async () => {
    for (const text of ['by somebody else', 'old ', '', 'OLD']) {
      await writeFile(path, text);
      expect(await refusal()).to.equal(
        `ManifestError: ${path}: this was changed while it was being hardened, and is not written; run again`,
      );
      expect(await readFile(path, 'utf8')).to.equal(text);
      expect(await readdir(own)).to.deep.equal(['a.yaml']);
    }
  });

  it('takes no mark or odd character for a change', async () => {
    await writeFile(path, '\uFEFFold \uFFFD 😀\r\n');
    await save(path, 'new', '\uFEFFold \uFFFD 😀\r\n');
    expect(await readFile(path, 'utf8')).to.equal('new');
  });

  it('has nothing against a file that it has written by another name', async () => {
    const link = join(own, 'link.yaml');
    await symlink('a.yaml', link);
    await save(path, 'new', 'old');
    await save(link, 'new', 'old');
    expect(await readdir(own)).to.have.members(['a.yaml', 'link.yaml']);
  });

  it('says why a file cannot be written', async () => {
    await rm(path);
    expect(await refusal()).to.equal(`ManifestError: ${path}: this cannot be written: it is not there any more`);
    expect(await readdir(own)).to.deep.equal([]);
  });

  it('does not wait for a pipe, or put a file in its place', async () => {
    const pipe = join(own, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const refused = await save(pipe, 'new', 'old').catch(String);
    expect(refused).to.equal(`ManifestError: ${pipe}: this cannot be written: it is a pipe or the like`);
    expect((await stat(pipe)).isFIFO()).to.equal(true);
  });

  describe('for root', () => {
    before(function () {
      if (process.getuid?.() !== 0) this.skip();
    });

    afterEach(() => process.seteuid?.(0));

    it('keeps the owner of a file', async () => {
      await chown(path, 1234, 4321);
      await save(path, 'new', 'old');
      const { uid, gid } = await stat(path);
      expect({ uid, gid }).to.deep.equal({ uid: 1234, gid: 4321 });
    });

    it('makes a file its own that it may write and not give away', async () => {
      await chmod(folder, 0o755);
      await chmod(own, 0o777);
      await chown(path, 1234, 4321);
      await chmod(path, 0o664);
      process.seteuid?.(65534);
      await save(path, 'new', 'old');
      const { uid, mode } = await stat(path);
      expect({ uid, mode: mode & 0o777 }).to.deep.equal({ uid: 65534, mode: 0o664 });
      expect(await readFile(path, 'utf8')).to.equal('new');
    });

    it('says that a folder must not be written to', async () => {
      await chmod(folder, 0o755);
      await chmod(own, 0o755);
      process.seteuid?.(65534);
      expect(await refusal()).to.equal(
        `ManifestError: ${path}: this cannot be written: nothing may be written in its folder`,
      );
    });
  });
});
