import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { builtInConfiguration } from '../../src/admission/configuration.ts';
import { loadConfiguration } from '../../src/commands/configurationFile.ts';
import { type ConfigurationSource, createConfigurationSource } from '../../src/commands/configurationSource.ts';
import { until } from '../kubernetes/poll.ts';

const head = 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\n';

function exempting(...expiries: readonly string[]): string {
  const exemptions = expiries.map((expires, index) => {
    const rest = 'controls: [capabilities], match: { images: [nginx] }, owner: team, reason: why';
    return `  - { name: e${index}, ${rest}, expires: ${expires} }\n`;
  });
  return `${head}exemptions:\n${exemptions.join('')}`;
}

describe('createConfigurationSource', () => {
  let folder: string;
  let file: string;
  let lines: string[];
  let time: number;
  let stop: () => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    file = join(folder, 'config.yaml');
    lines = [];
    time = Date.parse('2027-01-31T12:00:00Z');
    stop = () => {};
  });

  afterEach(async () => {
    stop();
    await rm(folder, { recursive: true });
  });

  async function sourceOf(text: string): Promise<ConfigurationSource> {
    await writeFile(file, text);
    const loaded = await loadConfiguration(file);
    return createConfigurationSource(
      file,
      loaded,
      (level, message, fields) => lines.push(`${level}: ${message} ${fields?.error ?? fields?.exemption ?? ''}`.trim()),
      () => time,
    );
  }

  /** Writes the file in one step: a look at it finds the old text or the new one. */
  function change(text: string): void {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }

  it('is what is built in for good without a file', () => {
    const source = createConfigurationSource(undefined, undefined, () => {});
    expect(source.current()).to.equal(builtInConfiguration);
    expect(source.exemptions()).to.deep.equal({ active: [], expired: [] });
    source.watch(() => {})();
  });

  it('knows at every moment which exemptions have expired', async () => {
    const source = await sourceOf(exempting('2027-01-30', '2027-01-31', '2027-02-01T00:00:01Z'));
    const names = () =>
      Object.values(source.exemptions()).map((list) => list.map(({ name }: { name: string }) => name));
    expect(names()).to.deep.equal([['e1', 'e2'], ['e0']]);
    expect(source.exemptions(), 'worked out once').to.equal(source.exemptions());
    time = Date.parse('2027-02-01T00:00:00Z');
    expect(names()).to.deep.equal([['e2'], ['e0', 'e1']]);
    time += 1000;
    expect(names()).to.deep.equal([[], ['e0', 'e1', 'e2']]);
    time -= 1000;
    expect(names(), 'with a clock that was set back').to.deep.equal([['e2'], ['e0', 'e1']]);
  });

  it('says once which exemptions had expired when the file was read', async () => {
    const source = await sourceOf(exempting('2027-01-30', '2027-01-31'));
    time += 86_400_000;
    source.exemptions();
    expect(lines).to.deep.equal(['warn: An exemption has expired. e0']);
  });

  it('takes over a changed file, and refuses a bad one whole', async () => {
    const results: string[] = [];
    const source = await sourceOf(`${head}defaults: { mode: warn }\n`);
    stop = source.watch((result) => results.push(result));
    change(`${head}defaults: { mode: audit }\nprofile: []\n`);
    await until('it was refused', () => results.length === 1);
    expect(source.current().defaults).to.deep.equal({ mode: 'warn' });
    change(exempting('2027-01-30'));
    await until('it was taken over', () => results.length === 2);
    expect(source.current().defaults).to.deep.equal({});
    expect(source.exemptions().expired.map(({ name }) => name)).to.deep.equal(['e0']);
    expect(results).to.deep.equal(['failure', 'success']);
    expect(lines).to.deep.equal([
      'error: The configuration was not taken over; the last one stays. ' +
        `${file}:4:1: profile: this key is unknown; did you mean "profiles"?`,
      'info: The configuration was read again.',
      'warn: An exemption has expired. e0',
    ]);
  });

  it('notices a mounted ConfigMap, which changes by a symbolic link', async () => {
    for (const [name, mode] of [
      ['..1', 'warn'],
      ['..2', 'audit'],
    ] as const) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'mounted.yaml'), `${head}defaults: { mode: ${mode} }\n`);
    }
    await symlink('..1', join(folder, '..data'));
    file = join(folder, 'mounted.yaml');
    await symlink(join('..data', 'mounted.yaml'), file);
    const source = createConfigurationSource(file, await loadConfiguration(file), () => {});
    let changed = 0;
    stop = source.watch(() => changed++);
    await symlink('..2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await until('it was taken over', () => changed === 1);
    expect(source.current().defaults).to.deep.equal({ mode: 'audit' });
  });
});
