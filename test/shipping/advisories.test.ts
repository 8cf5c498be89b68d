import { expect } from 'chai';
import { verdictIn } from '../../scripts/advisories.ts';

const shipped = new Set(['undici', 'express']);

describe('the verdict of npm audit', () => {
  it('is none when it counts no advisories', () => {
    const output = '{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"total":0}}}';
    expect(verdictIn(output, shipped)).to.deep.equal({ kind: 'none' });
  });

  it('names each package with an advisory', () => {
    const vulnerabilities = { undici: { name: 'undici', severity: 'high', range: '<6.0.0' } };
    const output = JSON.stringify({ vulnerabilities, metadata: { vulnerabilities: { total: 1 } } });
    expect(verdictIn(output, shipped)).to.deep.equal({ kind: 'found', lines: ['undici <6.0.0: high'] });
  });

  it('says nothing of a package that is not shipped', () => {
    const vulnerabilities = { mocha: { name: 'mocha', severity: 'high', range: '<6.0.0' } };
    const output = JSON.stringify({ vulnerabilities, metadata: { vulnerabilities: { total: 1 } } });
    expect(verdictIn(output, shipped)).to.deep.equal({ kind: 'none' });
  });

  for (const [what, output, why] of [
    [
      'a registry that has no advisory service',
      '{"message":"405 Method Not Allowed - POST https://registry.example/-/npm/v1/security/advisories/bulk",' +
        '"statusCode":405,"error":{"summary":"","detail":""}}',
      '405 Method Not Allowed',
    ],
    ['no network', '{"error":{"summary":"request failed","detail":""}}', 'request failed'],
    ['nothing at all', '', 'npm audit printed no JSON'],
    ['an answer of another shape', '{}', 'npm audit did not say why'],
  ] as const) {
    it(`is unknown, and not good news, after ${what}`, () => {
      expect(verdictIn(output, shipped)).to.deep.equal({ kind: 'unknown', why });
    });
  }
});
