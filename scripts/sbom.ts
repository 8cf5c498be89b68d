import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { shippedPackages } from './notices.ts';

/** A package in a list of the CycloneDX kind. */
interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly [member: string]: unknown;
}

/** As npm prints it. */
export interface Bom {
  readonly metadata: { readonly component: Component; readonly [member: string]: unknown };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly [member: string]: unknown;
}

/**
 * npm's list of all packages, cut to those of which something is in the bundle: for npm all are for development. Throws
 * when one of these is not in npm's list.
 */
export function shippedBom(all: Bom, name: string, shipped: readonly { name: string; version: string }[]): Bom {
  const known = new Set(shipped.map((one) => `${one.name} ${one.version}`));
  const components = all.components.filter((one) => known.has(`${one.name} ${one.version}`));
  for (const one of components) known.delete(`${one.name} ${one.version}`);
  if (known.size > 0) throw new Error(`npm knows nothing of ${[...known].join(', ')}`);
  const { component } = all.metadata;
  const refs = new Set([component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
  return {
    ...all,
    // npm names the program after the folder that it stands in.
    metadata: { ...all.metadata, component: { ...component, name } },
    components: components.map((one) => ({ ...one, scope: 'required', properties: [] })),
    dependencies: all.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) })),
  };
}

if (import.meta.filename === process.argv[1]) {
  const format = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const printed = execFileSync('npm', ['sbom', '--package-lock-only', ...format], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  });
  const { name } = JSON.parse(readFileSync('package.json', 'utf8'));
  console.log(JSON.stringify(shippedBom(JSON.parse(printed), name, await shippedPackages()), null, 2));
}
