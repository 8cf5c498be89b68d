import { expect } from 'chai';
import { Gauge, Registry } from 'prom-client';
import { createScrape } from '../../src/metrics/scrape.ts';
import { rejection } from '../kubernetes/poll.ts';

describe('createScrape', () => {
  let time: number;
  /** What it takes to work out one text, in milliseconds. */
  let costMs: number;
  let texts: number;
  let fault: Error | undefined;
  let scrape: () => Promise<Buffer>;

  beforeEach(() => {
    [time, costMs, texts, fault] = [0, 50, 0, undefined];
    const registry = new Registry();
    const gauge = new Gauge({ name: 'texts', help: 'Texts.', registers: [registry] });
    const beforeScrape = () => {
      time += costMs;
      if (fault !== undefined) throw fault;
      texts += 1;
      gauge.set(texts);
    };
    scrape = createScrape({ registry, beforeScrape, elapsed: () => time });
  });

  const seen = async () => Number(/^texts (\d+)$/m.exec(String(await scrape()))?.[1]);

  it('gives a new text for each of a few scrapes, however dear', async () => {
    costMs = 300;
    for (const expected of [1, 2, 3, 4]) {
      expect(await seen()).to.equal(expected);
      time += 3_000;
    }
  });

  it('takes no more than a tenth of the time for any number of scrapes, and a second at first', async () => {
    for (let i = 0; i < 10_000; i += 1) {
      await scrape();
      time += 10;
    }
    expect(time).to.be.within(112_000, 113_000);
    expect(texts * costMs).to.be.within(12_000, 12_300);
  });

  it('gives the last text meanwhile, and a new one when time has passed', async () => {
    for (let i = 0; i < 100; i += 1) await scrape();
    expect(texts).to.equal(23);
    expect(await seen()).to.equal(23);
    time += 500;
    expect(await seen()).to.equal(24);
  });

  it('gives no fault of one scrape to the next', async () => {
    fault = new Error('out of order');
    expect(await rejection(scrape())).to.equal(fault);
    fault = undefined;
    expect(await seen()).to.equal(1);
  });

  it('works out a new text after a fault, also where that is too dear', async () => {
    for (let i = 0; i < 100; i += 1) await scrape();
    time += 500;
    fault = new Error('out of order');
    expect(await rejection(scrape())).to.equal(fault);
    fault = undefined;
    expect(await seen()).to.equal(24);
  });
});
