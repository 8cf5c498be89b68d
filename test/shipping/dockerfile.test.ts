import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';

const instructions = readFileSync('Dockerfile', 'utf8')
  .split(/^FROM /m)
  .slice(1)
  .map((stage) => stage.split('\n').filter((line) => /^(COPY|RUN) /.test(line)));
const [ofBuild = [], ofProgram = []] = instructions;

/** What a COPY takes, and where it puts it. */
function copied(line: string): { readonly sources: readonly string[]; readonly target: string } {
  const words = line.split(' ').filter((word) => !word.startsWith('--'));
  return { sources: words.slice(1, -1), target: words.at(-1) ?? '' };
}

describe('the Dockerfile', () => {
  it('copies what exists, and .dockerignore lets through', () => {
    const sources = [...ofBuild, ...ofProgram]
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => copied(line).sources);
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
    expect(sources).to.have.length.above(5);
    for (const source of sources) {
      expect(existsSync(source), source).to.equal(true);
      expect(ignored, source).to.include(`!${source}`);
    }
  });

  it('builds the program of nothing but what it copies', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pod-hardener-dockerfile-'));
    try {
      for (const { sources, target } of ofBuild.filter((line) => line.startsWith('COPY ')).map(copied)) {
        for (const source of sources) {
          // A folder's content is copied, a file goes into the folder that is named with a slash or a dot.
          const isFile = /^\.$|\/$/.test(target);
          cpSync(source, normalize(join(folder, target, isFile ? (source.split('/').at(-1) ?? '') : '')), {
            recursive: true,
          });
        }
      }
      symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
      const [install, ...builds] = ofBuild.filter((line) => line.startsWith('RUN ')).map((line) => line.slice(4));
      expect(install).to.equal('npm ci');
      for (const command of builds) execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'pipe' });
      for (const line of ofProgram.filter((one) => one.includes('--from=build'))) {
        for (const source of copied(line).sources) {
          expect(existsSync(join(folder, source.replace('/source/', ''))), source).to.equal(true);
        }
      }
      const version = execFileSync(process.execPath, [join(folder, 'dist', 'main.js'), '--version'], {
        cwd: dirname(folder),
      });
      expect(version.toString()).to.match(/^\d/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
