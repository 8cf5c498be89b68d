import { expect } from 'chai';
import { type Bom, shippedBom } from '../../scripts/sbom.ts';

const component = (name: string, version: string) => ({
  'bom-ref': `${name}@${version}`,
  name,
  version,
  scope: 'optional',
  properties: [{ name: 'cdx:npm:package:development', value: 'true' }],
  purl: `pkg:npm/${name}@${version}`,
});

const all: Bom = {
  bomFormat: 'CycloneDX',
  metadata: { component: { 'bom-ref': 'ours@1.0.0', name: 'folder', version: '1.0.0' } },
  components: [component('yaml', '2.0.0'), component('yaml', '1.0.0'), component('mocha', '3.0.0')],
  dependencies: [
    { ref: 'ours@1.0.0', dependsOn: ['yaml@2.0.0', 'mocha@3.0.0'] },
    { ref: 'mocha@3.0.0', dependsOn: ['yaml@1.0.0'] },
    { ref: 'yaml@1.0.0', dependsOn: [] },
    { ref: 'yaml@2.0.0', dependsOn: [] },
  ],
};

describe('the list of what is shipped', () => {
  it('has the packages of the bundle in their versions, under the name of the program', () => {
    expect(shippedBom(all, 'ours', [{ name: 'yaml', version: '2.0.0' }])).to.deep.equal({
      bomFormat: 'CycloneDX',
      metadata: { component: { 'bom-ref': 'ours@1.0.0', name: 'ours', version: '1.0.0' } },
      components: [{ ...component('yaml', '2.0.0'), scope: 'required', properties: [] }],
      dependencies: [
        { ref: 'ours@1.0.0', dependsOn: ['yaml@2.0.0'] },
        { ref: 'yaml@2.0.0', dependsOn: [] },
      ],
    });
  });

  it('throws when npm does not know a package of the bundle', () => {
    expect(() => shippedBom(all, 'ours', [{ name: 'diff', version: '1.0.0' }])).to.throw('diff 1.0.0');
  });
});
