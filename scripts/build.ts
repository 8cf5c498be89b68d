import { rm } from 'node:fs/promises';
import { build, type Metafile } from 'esbuild';

/** Bundles the program into the folder: `main.js` and the parts that only some commands load. Says what is in it. */
export async function bundle(outdir: string): Promise<Metafile> {
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: ['src/main.ts'],
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    minify: true,
    legalComments: 'none',
    // Some packages are CommonJS and call `require` for Node's own modules.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    metafile: true,
    // A package asks for it in case it is there, which it is among our development tools only.
    external: ['supports-color'],
    logLevel: 'warning',
  });
  return metafile;
}

if (import.meta.filename === process.argv[1]) {
  await bundle('dist');
  console.error('The program is in dist/main.js.');
}
