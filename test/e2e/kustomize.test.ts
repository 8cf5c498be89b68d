import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { kustomizeProgram } from '../../scripts/kustomize.ts';
import { program } from './program.ts';
import { run } from './tools.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - image: web
        name: web # the only one
`;

const hardened = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: team-a
spec:
  template:
    spec:
      containers:
      - image: web
        name: web
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            drop:
            - ALL
          runAsNonRoot: true
      securityContext:
        seccompProfile:
          type: RuntimeDefault
`;

const namespace = (annotations: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-a\n  labels:\n    pod-hardener.io/profile: restricted\n${annotations}`;

describe('kustomize with the function', () => {
  let kustomize: string;
  let folder: string;

  before(async function () {
    this.timeout(900_000);
    kustomize = await kustomizeProgram(process.env, (line) => console.error(`    ${line}`));
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-kustomize-'));
    const script = join(folder, 'pod-hardener');
    await writeFile(script, `#!/bin/sh\nexec '${process.execPath}' '${resolve(program)}' "$@"\n`);
    await chmod(script, 0o755);
    await writeFile(join(folder, 'deployment.yaml'), deployment);
  });

  after(() => folder && rm(folder, { recursive: true }));

  /** What is built of the resources when the function's configuration goes on with these lines. */
  async function build(config: string, resources: Readonly<Record<string, string>> = {}): Promise<string> {
    const files = ['deployment.yaml', ...Object.keys(resources)];
    for (const [file, text] of Object.entries(resources)) await writeFile(join(folder, file), text);
    await writeFile(
      join(folder, 'kustomization.yaml'),
      `namespace: team-a\nresources: ${JSON.stringify(files)}\ntransformers: [harden.yaml]\n`,
    );
    await writeFile(
      join(folder, 'harden.yaml'),
      `metadata:\n  name: harden\n  annotations:\n    config.kubernetes.io/function: |\n` +
        `      exec: {path: ./pod-hardener, args: [fn]}\n${config}`,
    );
    return run(kustomize, ['build', '--enable-alpha-plugins', '--enable-exec', folder]);
  }

  const own = 'apiVersion: pod-hardener.io/v1alpha1\nkind: PodHardenerConfig\n';

  it('fills what the profile of a PodHardenerConfig asks for, and prints nothing else', async () => {
    expect(await build(`${own}spec:\n  profile: restricted\n`)).to.equal(hardened);
  });

  it('fills what the profile of a ConfigMap asks for', async () => {
    const printed = await build('apiVersion: v1\nkind: ConfigMap\ndata:\n  profile: restricted\n');
    expect(printed).to.equal(hardened);
  });

  it('goes by the Namespace among the resources', async () => {
    const annotations = '  annotations:\n    pod-hardener.io/controls: -runAsNonRoot,-capabilities\n';
    const printed = await build(own, { 'namespace.yaml': namespace(annotations) });
    expect(printed).to.include('          allowPrivilegeEscalation: false\n');
    expect(printed).not.to.match(/runAsNonRoot: true|capabilities:/);
  });

  it('fails with a sentence for a configuration that cannot be understood', async () => {
    const said = await build(`${own}spec:\n  profile: restrictd\n`).catch((error: Error) => error.message);
    expect(said).to.match(
      /error: standard input: line \d+, column \d+: profile: "restrictd" is unknown; did you mean "restricted"\?/,
    );
    expect(said).to.include("couldn't execute function: exit status 2");
  });
});
