import { Validator } from '@cfworker/json-schema';
import { expect } from 'chai';
import fc from 'fast-check';
import { configurationSchema } from '../../src/admission/configurationSchema.ts';
import { decodeConfiguration } from '../../src/admission/decodeConfiguration.ts';
import { mutated, runs } from '../arbitraries.ts';
import { configurationFile, exemptionOf } from './configurations.ts';

const validator = new Validator(configurationSchema(), '7', false);
const passes = (members: Readonly<Record<string, unknown>>) => validator.validate(configurationFile(members)).valid;

const file = configurationFile({
  profiles: [{ name: 'web', extends: 'restricted', level: 'baseline', controls: ['-capabilities'], 'run-as-user': 1 }],
  defaults: { mode: 'audit', 'root-images': 1000, 'writable-paths': ['/tmp'], controls: ['capabilities=warn'] },
  exemptions: [exemptionOf({ match: { namespaces: ['a*'], images: ['nginx'] }, expires: '2027-01-31' })],
});

describe('the schema of the configuration file', () => {
  it('passes what is understood', () => {
    expect(validator.validate(file)).to.deep.include({ valid: true });
    expect(passes({})).to.equal(true);
    expect(passes({ defaults: { 'root-images': 'leave', 'writable-paths': [] } })).to.equal(true);
  });

  for (const members of [
    { profile: [] },
    { profiles: [{ name: 'web' }] },
    { profiles: [{ name: 'Web', extends: 'restricted' }] },
    { profiles: [{ name: 'web', extends: 'restricted', controls: ['capabilities'] }] },
    { profiles: [{ name: 'web', extends: 'restricted', controls: ['+hostPorts'] }] },
    { defaults: { profile: 'restricted' } },
    { defaults: { 'run-as-user': 0 } },
    { defaults: { 'root-images': 'keep' } },
    { exemptions: [exemptionOf({ match: {} })] },
    { exemptions: [exemptionOf({ match: { command: ['x'] } })] },
    { exemptions: [exemptionOf({ match: { namespaces: [] } })] },
    { exemptions: [exemptionOf({ controls: ['capabilites'] })] },
    { exemptions: [exemptionOf({ expires: 'tomorrow' })] },
    { exemptions: [exemptionOf({ reason: '' })] },
  ]) {
    it(`does not pass ${JSON.stringify(members)}`, () => expect(passes(members)).to.equal(false));
  }

  it('passes whatever is understood, and less than that only where two parts of the file have to agree', () => {
    fc.assert(
      fc.property(mutated(fc.constant(file)), (value) => {
        if (!('faults' in decodeConfiguration(value))) expect(validator.validate(value).valid).to.equal(true);
      }),
      { ...runs, numRuns: 300 },
    );
  });
});
