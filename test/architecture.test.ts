import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { build } from 'esbuild';

/** What the files of a folder may import at run time besides their own folder; `node:` stands for all of Node's modules. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  policy: [],
  admission: ['policy'],
  evidence: ['policy', 'admission'],
  readiness: ['policy', 'admission'],
  webhook: ['policy', 'admission', 'express', 'node:'],
  metrics: ['policy', 'admission', 'prom-client', 'node:http'],
  kubernetes: ['policy', 'admission', '@kubernetes/client-node', 'node:'],
  certificates: ['@peculiar/x509', 'reflect-metadata', 'node:'],
  manifests: ['policy', 'admission', 'js-yaml', 'yaml', 'node:'],
  output: ['policy', 'admission', 'readiness', 'diff', 'node:crypto', 'node:path', 'node:url', 'node:util'],
  files: ['node:'],
  commands: [
    'policy',
    'admission',
    'evidence',
    'readiness',
    'webhook',
    'metrics',
    'kubernetes',
    'certificates',
    'manifests',
    'output',
    'files',
    'commander',
    'pino',
    'node:',
    'package.json',
  ],
  'main.ts': ['commands'],
  'library.ts': ['policy', 'admission'],
};

/** One import that is left when the types are erased: the file, and another file or the name of a package. */
interface Import {
  readonly file: string;
  readonly imported: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));

function sourceFiles(): readonly string[] {
  const entries = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  return files.map(({ parentPath, name }) => relative(root, join(parentPath, name))).sort();
}

/** Every import of the files that is left at run time, as esbuild finds them. */
async function importsOf(files: readonly string[]): Promise<readonly Import[]> {
  const imports: Import[] = [];
  await build({
    absWorkingDir: root,
    entryPoints: [...files],
    outdir: 'none',
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'collect',
        setup({ onResolve }) {
          onResolve({ filter: /.*/ }, ({ kind, importer, path }) => {
            if (kind === 'entry-point') return undefined;
            const imported = path.startsWith('.') ? relative(root, join(dirname(importer), path)) : path;
            imports.push({ file: relative(root, importer), imported });
            return { path, external: true };
          });
        },
      },
    ],
  });
  return imports;
}

/** What the table does not allow, as sentences. */
function violationsOf(imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ file, imported }) => !isAllowed(folderOf(file), nameOf(imported)))
    .map(({ file, imported }) => `${file} imports ${imported}`);
}

function isAllowed(folder: string, name: string): boolean {
  const allowed = mayImport[folder] ?? [];
  return name === folder || allowed.includes(name) || (name.startsWith('node:') && allowed.includes('node:'));
}

/** `policy` for `src/policy/controls/index.ts`, `main.ts` for `src/main.ts`. */
function folderOf(file: string): string {
  return file.split('/')[1] ?? file;
}

/** A folder of ours, or the name of a package without the path in it. */
function nameOf(imported: string): string {
  if (imported.startsWith('src/')) return folderOf(imported);
  return /^(@[^/]+\/[^/]+|[^/]+)/.exec(imported)?.[0] ?? imported;
}

/** The files whose code, without comments, the pattern is found in. */
function filesWith(pattern: RegExp, files: readonly string[]): readonly string[] {
  return files.filter((file) => pattern.test(withoutComments(readFileSync(join(root, file), 'utf8'))));
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

describe('the architecture', () => {
  const files = sourceFiles();

  it('lets no file import what its folder may not', async () => {
    expect(violationsOf(await importsOf(files))).to.deep.equal([]);
  });

  it('has a row for every folder', () => {
    const folders = new Set(files.map(folderOf));
    expect([...folders].filter((folder) => mayImport[folder] === undefined)).to.deep.equal([]);
  });

  it('names the file and what it must not import', () => {
    const imports = [
      { file: 'src/policy/level.ts', imported: 'express' },
      { file: 'src/policy/level.ts', imported: 'node:fs' },
      { file: 'src/policy/controls/index.ts', imported: 'src/policy/pod.ts' },
      { file: 'src/webhook/app.ts', imported: 'src/kubernetes/client.ts' },
      { file: 'src/webhook/app.ts', imported: 'node:https' },
      { file: 'src/metrics/record.ts', imported: 'node:fs' },
      { file: 'src/kubernetes/client.ts', imported: '@kubernetes/client-node/dist/config.js' },
      { file: 'src/main.ts', imported: 'src/policy/pod.ts' },
    ];
    expect(violationsOf(imports)).to.deep.equal([
      'src/policy/level.ts imports express',
      'src/policy/level.ts imports node:fs',
      'src/webhook/app.ts imports src/kubernetes/client.ts',
      'src/metrics/record.ts imports node:fs',
      'src/main.ts imports src/policy/pod.ts',
    ]);
  });

  it('counts what is left of the imports when the types are erased', async () => {
    const imports = await importsOf(['src/admission/decide.ts', 'src/metrics/metrics.ts']);
    const of = (file: string) => imports.filter((one) => one.file === file).map(({ imported }) => imported);
    expect(of('src/metrics/metrics.ts')).to.include('prom-client');
    expect(of('src/admission/decide.ts')).to.include('src/policy/harden.ts');
    expect(of('src/admission/decide.ts')).not.to.include('src/admission/review.ts');
  });

  it('reads the environment in one file', () => {
    const readers = filesWith(/\bprocess\s*\.\s*env\b|\}\s*=\s*process\b|node:process/, files);
    expect(readers.filter((file) => file !== 'src/commands/environment.ts')).to.deep.equal([]);
  });

  it('knows neither the time nor chance in policy, admission and readiness', () => {
    const pure = files.filter((file) => ['policy', 'admission', 'readiness', 'library.ts'].includes(folderOf(file)));
    const impure =
      /\bDate\b|\bMath\s*\.\s*random\b|\bperformance\b|\bcrypto\b|\bset(Timeout|Interval|Immediate)\b|\bfetch\(/;
    expect(pure.length).to.be.greaterThan(0);
    expect(filesWith(impure, pure)).to.deep.equal([]);
  });

  it('has no classes but errors', () => {
    const classes = /\bclass\s+(?!\w+\s+extends\s+\w*Error\b)[A-Za-z_$]|\bclass\s*\{/;
    expect(filesWith(classes, files)).to.deep.equal([]);
  });
});
