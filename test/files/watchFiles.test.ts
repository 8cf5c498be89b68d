import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readTexts, type Stop, watchFiles } from '../../src/files/watchFiles.ts';
import { rejection, until } from '../kubernetes/poll.ts';

/** Writes a file in one step: a look at it finds the old text or the new one. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

describe('watchFiles', () => {
  let folder: string;
  let [one, two] = ['', ''];
  let changes: (readonly string[])[];
  let errors: string[];
  let stop: Stop;
  let react: (texts: readonly string[]) => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    [one, two] = [join(folder, 'one'), join(folder, 'two')];
    await writeFile(one, 'a');
    await writeFile(two, 'b');
    changes = [];
    errors = [];
    react = () => {};
  });

  afterEach(async () => {
    stop();
    await rm(folder, { recursive: true });
  });

  function watch(last: readonly string[] = ['a', 'b']): void {
    const onChange = (texts: readonly string[]) => {
      changes.push(texts);
      react(texts);
    };
    stop = watchFiles([one, two], last, 2, onChange, ({ message }) => errors.push(message));
  }

  /** Resolves when another watch of the same pace has looked five times. */
  async function letLooksPass(): Promise<void> {
    const other = join(folder, 'other');
    write(other, '0');
    let looks = 0;
    const onLook = () => write(other, String(++looks));
    const stopOther = watchFiles([other], [''], 2, onLook, () => {});
    await until('it has looked', () => looks >= 5);
    stopOther();
  }

  /** Writes the second file, and resolves when that has been seen: what came before it has been too. */
  async function seen(text: string): Promise<void> {
    write(two, text);
    await until(`${text} is seen`, () => changes.at(-1)?.[1] === text);
  }

  it('calls back with all texts when one has changed, and once for each change', async () => {
    watch();
    write(one, 'A');
    await until('it is seen', () => changes.length > 0);
    await seen('B');
    expect(changes).to.deep.equal([
      ['A', 'b'],
      ['A', 'B'],
    ]);
    expect(errors).to.deep.equal([]);
  });

  it('calls back when the files differ already from what was read before', async () => {
    watch(['older', 'b']);
    await until('it is seen', () => changes.length > 0);
    expect(changes).to.deep.equal([['a', 'b']]);
  });

  it('does not call back when a file is written with the same text', async () => {
    watch();
    write(one, 'a');
    await seen('B');
    expect(changes).to.deep.equal([['a', 'B']]);
  });

  it('tells where one text ends and the next begins', async () => {
    write(one, 'ab');
    write(two, '');
    watch();
    await until('it is seen', () => changes.length > 0);
    expect(changes).to.deep.equal([['ab', '']]);
  });

  it('sees the symbolic link of a mounted Secret change', async () => {
    const data = join(folder, '..data');
    await symlink(one, data);
    stop = watchFiles(
      [data],
      ['a'],
      2,
      (texts) => changes.push(texts),
      ({ message }) => errors.push(message),
    );
    await symlink(two, `${data}_tmp`);
    await rename(`${data}_tmp`, data);
    await until('it is seen', () => changes.length > 0);
    expect(changes).to.deep.equal([['b']]);
  });

  it('reports a file that cannot be read once, and goes on looking for it', async () => {
    watch();
    await rm(one);
    await until('it is reported', () => errors.length > 0);
    // Each of these is a look that fails in the same way.
    await letLooksPass();
    write(two, 'e');
    write(one, 'A');
    await until('it is back', () => changes.length > 0);
    expect(changes).to.deep.equal([['A', 'e']]);
    expect(errors).to.deep.equal([`ENOENT: no such file or directory, open '${one}'`]);
    await rm(one);
    await until('it is reported anew', () => errors.length === 2);
  });

  it('reports another failure of the same file', async () => {
    watch();
    await rm(one);
    await until('it is reported', () => errors.length === 1);
    await symlink(folder, one);
    await until('it is reported', () => errors.length === 2);
    expect(errors[1]).to.match(/^EISDIR: /);
  });

  it('calls a callback that throws again until it takes the change over, and reports it once', async () => {
    watch();
    let left = 3;
    react = () => {
      if (left-- > 0) throw new Error('not yet');
    };
    write(one, 'A');
    await until('it is taken over', () => changes.length === 4);
    await seen('B');
    expect(changes).to.deep.equal([...Array.from({ length: 4 }, () => ['A', 'b']), ['A', 'B']]);
    expect(errors).to.deep.equal(['not yet']);
  });

  it('reports a callback that throws the same for the very next text again', async () => {
    watch();
    react = ([text]) => {
      if (text === 'A') write(one, 'AA');
      throw new Error('not this one');
    };
    write(one, 'A');
    await until('it is reported', () => errors.length === 2);
    expect(changes.at(-1)).to.deep.equal(['AA', 'b']);
  });

  it('calls back no more once it is stopped, be it by the callback itself', async () => {
    watch();
    react = () => stop();
    write(one, 'A');
    await until('it is seen', () => changes.length === 1);
    write(one, 'B');
    await letLooksPass();
    expect(changes).to.deep.equal([['A', 'b']]);
  });
});

describe('readTexts', () => {
  it('reads the files in the order of their paths, and rejects for a missing one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    const paths = ['x', 'y'].map((name) => join(folder, name));
    for (const [index, path] of paths.entries()) await writeFile(path, `text ${index} ä`);
    expect(await readTexts(paths)).to.deep.equal(['text 0 ä', 'text 1 ä']);
    expect(await rejection(readTexts([...paths, join(folder, 'z')]))).to.include({ code: 'ENOENT' });
    await rm(folder, { recursive: true });
  });
});
