import { expect } from 'chai';
import { createKeeper, type Keeper, type Work } from '../../src/certificates/keeper.ts';

describe('createKeeper', () => {
  let lines: unknown[];

  function keep(work: Work, chance = 1): Keeper {
    lines = [];
    const limits = { shortestRetryMs: 100, longestRetryMs: 1_000 };
    return createKeeper(
      work,
      () => chance,
      limits,
      (_level, _message, fields) => lines.push(fields?.reason),
    );
  }

  it('says when the work is to be done again, and tries the later the more often it fails', async () => {
    let outcome: number | 'conflict' | Error = 'conflict';
    const { attempt, problem } = keep(async () => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    });
    expect(await attempt()).to.equal(200);
    expect(problem()).to.equal(undefined);
    outcome = new Error('no');
    expect([await attempt(), await attempt(), await attempt(), await attempt()]).to.deep.equal([
      400, 800, 1_000, 1_000,
    ]);
    expect(problem()).to.equal('no');
    expect(lines, 'said once').to.deep.equal(['no']);
    outcome = 7;
    expect(await attempt()).to.equal(7);
    expect(problem()).to.equal(undefined);
    outcome = 'conflict';
    expect(await attempt()).to.equal(200);
  });

  it('spreads the attempts of many replicas', async () => {
    expect(await keep(async () => 'conflict', 0).attempt()).to.equal(100);
    expect(await keep(async () => 'conflict', 0.5).attempt()).to.equal(150);
  });

  it('says so when every change is refused, which is no race any more', async () => {
    const { attempt, problem } = keep(async () => 'conflict');
    for (let i = 0; i < 10; i++) await attempt();
    expect(problem()).to.equal(undefined);
    await attempt();
    expect(problem()).to.equal('the API server takes no change of what we have just read');
  });
});
