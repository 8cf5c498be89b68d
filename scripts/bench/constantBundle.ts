import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles the server that answers a constant into the folder, as pod-hardener is bundled. Returns the path of the file. */
export async function bundleConstantServer(folder: string): Promise<string> {
  const outfile = join(folder, 'constant.mjs');
  await build({
    entryPoints: ['scripts/bench/constantServer.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    logLevel: 'warning',
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
  });
  return outfile;
}
