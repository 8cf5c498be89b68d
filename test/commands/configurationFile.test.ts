import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigurationError, loadConfiguration, readConfiguration } from '../../src/commands/configurationFile.ts';

const head = 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\n';

/** What is said of the text of a file. */
function refusalOf(text: string): readonly string[] {
  try {
    readConfiguration(text, 'config.yaml');
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.sentences;
    throw error;
  }
}

describe('readConfiguration', () => {
  it('reads YAML and JSON', () => {
    const file = { apiVersion: 'pod-hardener.io/v1alpha1', kind: 'Configuration', defaults: { mode: 'warn' } };
    const expected = { mode: 'warn' };
    expect(readConfiguration(`${head}defaults: { mode: warn }\n`, 'a').defaults).to.deep.equal(expected);
    expect(readConfiguration(`# why\n---\n${head}defaults: {mode: warn}\n---\n`, 'a').defaults).to.deep.equal(expected);
    expect(readConfiguration(JSON.stringify(file, null, 2), 'a').defaults).to.deep.equal(expected);
  });

  it('takes a date for what it looks like', () => {
    const exemption =
      '{ name: a, controls: [capabilities], match: { images: [nginx] }, owner: o, reason: r, expires: 2027-01-31 }';
    const { exemptions } = readConfiguration(`${head}exemptions:\n  - ${exemption}\n`, 'a');
    expect(exemptions[0]?.expires?.written).to.equal('2027-01-31');
  });

  it('says everything that is wrong, in the order of its lines', () => {
    const text = `${head}profiles:
  - name: web
    extends: restrictd
  - name: api
    extends: restricted
    levl: baseline
defaults:
  mode: fil
"line\\nbreak": 1
`;
    expect(refusalOf(text)).to.deep.equal([
      'config.yaml:5:5: profiles[0].extends: there is no profile "restrictd"; did you mean "restricted"?',
      'config.yaml:8:5: profiles[1].levl: this key is unknown; did you mean "level"?',
      'config.yaml:10:3: defaults.mode: "fil" is unknown; did you mean "fill"?',
      'config.yaml:11:1: line?break: this key is unknown',
    ]);
  });

  it('refuses what is no one file of YAML', () => {
    expect(refusalOf('')).to.deep.equal(['config.yaml:1:1: this file is empty; it has to say apiVersion and kind']);
    expect(refusalOf('a: 1\na: 2\n')).to.deep.equal(['config.yaml:2:1: the key "a" stands in this mapping twice']);
    expect(refusalOf(`${head}---\n${head}`)).to.deep.equal(['config.yaml:4:1: there is a second document here']);
    expect(refusalOf('- a\n')).to.deep.equal(['config.yaml:1:1: this is a list, not a mapping']);
    expect(refusalOf('[[[['.repeat(5000))).to.have.lengthOf(1);
  });
});

describe('loadConfiguration', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
  });

  after(() => rm(folder, { recursive: true }));

  it('reads a file, and later texts of it', async () => {
    const file = join(folder, 'config.yaml');
    await writeFile(file, `${head}defaults: { mode: warn }\n`);
    const { configuration, text, again } = await loadConfiguration(file);
    expect([configuration.defaults, text]).to.deep.equal([{ mode: 'warn' }, `${head}defaults: { mode: warn }\n`]);
    expect(again(`${head}defaults: { mode: audit }\n`).defaults).to.deep.equal({ mode: 'audit' });
    expect(() => again('kind: x')).to.throw(ConfigurationError, `${file}:1:`);
  });

  it('says why a file cannot be read', async () => {
    const file = join(folder, 'none.yaml');
    const error = await loadConfiguration(file).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ConfigurationError);
    expect((error as ConfigurationError).sentences).to.deep.equal([`${file}: there is no such file`]);
  });
});
