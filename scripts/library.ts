import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds the library into the folder: `library.js`, which needs no package and no module of Node, and its types. */
export async function buildLibrary(outdir: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/library.ts'],
    outdir,
    bundle: true,
    // It says so where something of Node would be imported.
    platform: 'neutral',
    format: 'esm',
    target: 'es2023',
    legalComments: 'none',
    logLevel: 'warning',
  });
  await writeFile(join(outdir, 'library.d.ts'), await declarations());
}

/** The types of the library. Throws when they are of more than one file: then users would miss the others. */
async function declarations(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pod-hardener-library-'));
  try {
    const tsc = join(root, 'node_modules/.bin/tsc');
    await promisify(execFile)(tsc, ['-p', join(root, 'scripts/library.tsconfig.json'), '--outDir', folder]);
    const text = await readFile(join(folder, 'src/library.d.ts'), 'utf8');
    if (/^(import|export)\b.*\bfrom\b/m.test(text)) throw new Error('src/library.ts shows types of other files');
    return text;
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.filename === process.argv[1]) {
  await buildLibrary(join(root, 'dist'));
  console.error('The library is in dist/library.js.');
}
