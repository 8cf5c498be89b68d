import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { builtInConfiguration } from '../../src/admission/configuration.ts';
import { filePolicies, type PolicySource } from '../../src/commands/policySource.ts';
import { configurationOf } from '../admission/configurations.ts';

describe('filePolicies', () => {
  let folder: string;
  let source: PolicySource;
  let configuration = builtInConfiguration;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    const file = join(folder, 'namespaces.yaml');
    const labels = '  labels:\n    pod-hardener.io/profile: web\n';
    await writeFile(file, `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team\n${labels}`);
    source = await filePolicies(
      file,
      () => configuration,
      () => {},
    );
  });

  after(async () => {
    source.stop();
    await rm(folder, { recursive: true });
  });

  it('are those of the configuration in force, worked out once for each', async () => {
    const profile = async () => (await source.findPolicy('team', 1000))?.profile;
    expect(await profile()).to.equal('restricted');
    expect(await source.findPolicy('team', 1000)).to.equal(await source.findPolicy('team', 1000));
    configuration = configurationOf({ profiles: [{ name: 'web', extends: 'baseline' }] });
    expect(await profile()).to.equal('web');
    configuration = builtInConfiguration;
    expect(await profile()).to.equal('restricted');
  });
});
