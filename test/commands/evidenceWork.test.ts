import { expect } from 'chai';
import { inSmallParts } from '../../src/commands/inSmallParts.ts';
import { onceEach, repeat } from '../../src/commands/repeat.ts';
import { createSpeaker } from '../../src/commands/speaker.ts';
import type { Said } from '../../src/evidence/stores.ts';
import { until } from '../kubernetes/poll.ts';

describe('inSmallParts', () => {
  it('does everything, in order, and lets others work in between', async () => {
    const done: number[] = [];
    let turns = 0;
    const add = inSmallParts<number>(
      (one) => done.push(one),
      () => {},
      new AbortController().signal,
    );
    for (let index = 0; index < 1000; index++) add(index);
    expect(done).to.deep.equal([]);
    const others = setInterval(() => {}, 0);
    while (done.length < 1000) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    clearInterval(others);
    expect(done).to.deep.equal(Array.from({ length: 1000 }, (_, index) => index));
    expect(turns).to.be.at.least(9);
    add(1000);
    await until('what comes later is done', () => done.length === 1001);
  });

  it('tells what is thrown, and goes on with the others', async () => {
    const [done, errors]: [number[], unknown[]] = [[], []];
    const fail = (one: number) => {
      if (one === 1) throw new Error('one');
      done.push(one);
    };
    const add = inSmallParts(fail, (error) => errors.push(error), new AbortController().signal);
    for (const one of [0, 1, 2]) add(one);
    await until('all are done', () => done.length === 2);
    expect(errors.map(String)).to.deep.equal(['Error: one']);
  });

  it('does nothing more when it was ended', async () => {
    const done: number[] = [];
    const ending = new AbortController();
    const add = inSmallParts<number>(
      (one) => done.push(one),
      () => {},
      ending.signal,
    );
    add(1);
    ending.abort();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).to.deep.equal([]);
  });
});

describe('repeat', () => {
  it('does the work until it is ended, whatever it throws', async () => {
    const ending = new AbortController();
    const errors: unknown[] = [];
    let times = 0;
    const work = async () => {
      times += 1;
      if (times === 3) {
        ending.abort();
        throw new Error('third');
      }
      return 0;
    };
    await repeat(work, (error) => errors.push(error), ending.signal);
    expect([times, errors.map(String)]).to.deep.equal([3, ['Error: third']]);
  });
});

describe('onceEach', () => {
  it('says a reason once, another one, and the first again when it had gone; nothing after the end', () => {
    const said: string[] = [];
    const ending = new AbortController();
    const complain = onceEach((reason) => said.push(reason), ending.signal);
    for (const reason of ['a', 'a', 'b', 'b', undefined, 'b', 'a']) complain(reason);
    ending.abort();
    complain('c');
    expect(said).to.deep.equal(['a', 'b', 'b', 'a']);
  });
});

describe('the speaker', () => {
  const said = (id: string) => ({ id }) as Said;

  it('says one after the other, and tries again what could not be said, but not for ever', async () => {
    const waiting = [said('first'), said('second'), said('third')];
    const attempts: string[] = [];
    const complaints: (string | undefined)[] = [];
    const speak = createSpeaker({
      next: () => waiting.shift(),
      speak: async ({ id }) => {
        attempts.push(id);
        if (id === 'second') throw new Error('the API server answered 500');
      },
      complain: (reason) => complaints.push(reason),
    });
    expect(await speak()).to.equal(100);
    expect(await speak()).to.equal(5_000);
    for (let attempt = 2; attempt < 10; attempt++) await speak();
    expect(await speak()).to.equal(100);
    expect(await speak()).to.equal(100);
    expect(await speak()).to.equal(500);
    expect(attempts).to.deep.equal(['first', ...Array.from({ length: 10 }, () => 'second'), 'third']);
    expect(complaints.slice(0, 2)).to.deep.equal([undefined, 'the API server answered 500']);
    expect(complaints.at(-1)).to.equal(undefined);
  });
});
