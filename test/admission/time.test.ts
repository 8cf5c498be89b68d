import { expect } from 'chai';
import fc from 'fast-check';
import { parseTime } from '../../src/admission/time.ts';
import { runs } from '../arbitraries.ts';

describe('parseTime', () => {
  it('is the end of a day in UTC where a date is written', () => {
    expect(parseTime('2027-01-31')).to.equal(Date.parse('2027-02-01T00:00:00Z'));
    expect(parseTime('2028-02-29')).to.equal(Date.parse('2028-03-01T00:00:00Z'));
  });

  it('reads a time with its zone', () => {
    expect(parseTime('2027-01-31T12:30:00Z')).to.equal(Date.parse('2027-01-31T12:30:00Z'));
    expect(parseTime('2027-01-31t12:30:00.25z')).to.equal(Date.parse('2027-01-31T12:30:00.250Z'));
    expect(parseTime('2027-01-31T23:30:00-02:00')).to.equal(Date.parse('2027-02-01T01:30:00Z'));
    expect(parseTime('2027-01-31T00:30:00+05:30')).to.equal(Date.parse('2027-01-30T19:00:00Z'));
  });

  it('reads every time as everybody does', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(parseTime(date.toISOString())).to.equal(date.getTime());
        },
      ),
      { ...runs, numRuns: 2000 },
    );
  });

  for (const text of [
    '',
    '2027-02-29',
    '2027-13-01',
    '2027-00-01',
    '2027-01-00',
    '2027-04-31',
    '2100-02-29',
    '2027-1-31',
    '2027-01-31T12:00',
    '2027-01-31T12:00:00',
    '2027-01-31T24:00:00Z',
    '2027-01-31T12:60:00Z',
    '2027-01-31 12:00:00Z',
    'tomorrow',
    ' 2027-01-31',
  ]) {
    it(`does not read ${JSON.stringify(text)}`, () => expect(parseTime(text)).to.equal(undefined));
  }
});
