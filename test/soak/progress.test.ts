import { expect } from 'chai';
import { createLogTally } from '../../scripts/soak/logTally.ts';
import { progressLine } from '../../scripts/soak/progress.ts';

describe('the line that says how a long run goes', () => {
  const sample = {
    ...{ at: 427.4, heapMiB: 24.32, rssMiB: 101.4, descriptors: 41, lagMs: 36.6, ownLagMs: 0, reviews: 118.7, lost: 0 },
  };

  it('has the time, what is in use, how fast it is, and what was lost', () => {
    expect(progressLine(sample, { seconds: 600, lost: 2, isAway: false })).to.equal(
      '7:07/10:00  2 lost  heap 24.3/101 MiB  41 files  lag 37 ms  119/s',
    );
  });

  it('fits into 80 columns, also in a run of a day while the API server is away', () => {
    const late = { ...sample, at: 86_399, heapMiB: 64.5, rssMiB: 250, descriptors: 120, lagMs: 999 };
    const line = progressLine(late, { seconds: 86_400, lost: 0, isAway: true });
    expect(line).to.equal('1439:59/1440:00  0 lost  heap 64.5/250 MiB  120 files  lag 999 ms  119/s  away');
    expect(line.length).to.be.below(80);
  });
});

describe('what is kept of the log of a long run', () => {
  it('is how often each warning and error was written, in whatever pieces it comes', () => {
    const log = createLogTally();
    const line = (level: string, message: string) => `${JSON.stringify({ level, message })}\n`;
    const lookup = (name: string) => line('error', `the policy of namespace ${name} cannot be looked up now`);
    const text = `${line('info', 'Review answered.')}${lookup('a')}${line('warn', 'the body is empty')}${lookup('b')}oops\n`;
    log.hear(text.slice(0, 50));
    log.hear(text.slice(50));
    expect(log.rows()).to.deep.equal([
      { 'what it logged': 'error: the policy of namespace … cannot be looked up now', times: 2 },
      { 'what it logged': 'warn: the body is empty', times: 1 },
      { 'what it logged': 'no JSON: oops', times: 1 },
    ]);
  });
});
