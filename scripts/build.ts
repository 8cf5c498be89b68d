import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** Bundles the program into `dist/`: `main.js` and the parts that only some commands load. */
export async function bundle(outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await build({
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
    logLevel: 'warning',
  });
}

if (import.meta.filename === process.argv[1]) {
  await bundle('dist');
  console.error('The program is in dist/main.js.');
}
