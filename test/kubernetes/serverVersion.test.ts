import { expect } from 'chai';
import type { ApiClient, ApiResponse } from '../../src/kubernetes/client.ts';
import { type ServerVersion, watchServerVersion } from '../../src/kubernetes/serverVersion.ts';
import { until } from './poll.ts';

/** A client whose API server answers with the texts in turn, and with the last of them for ever. */
function clientAnswering(...answers: readonly (Partial<ApiResponse> | Error)[]): ApiClient {
  const rest = [...answers];
  return {
    async get() {
      const [answer = new Error('nothing is left to answer')] = rest;
      if (rest.length > 1) rest.shift();
      if (answer instanceof Error) throw answer;
      return { status: 200, headers: {}, body: '', ...answer };
    },
    send: () => Promise.reject(new Error('nothing is changed')),
    stream: () => Promise.reject(new Error('nothing is streamed')),
    lastContact: () => undefined,
    close: () => {},
  };
}

describe('the version of the API server', () => {
  let version: ServerVersion | undefined;
  const lines: string[] = [];

  function watch(client: ApiClient): ServerVersion {
    lines.length = 0;
    version = watchServerVersion({ client, log: (_, message) => lines.push(message), everyMs: 5, retryMs: 5 });
    return version;
  }

  afterEach(() => version?.stop());

  it('is unknown until it is told', async () => {
    const { minor } = watch(clientAnswering({ body: '{"major":"1","minor":"34"}' }));
    expect(minor()).to.equal(undefined);
    await until('the minor is known', () => minor() === 34);
  });

  it('is read with the plus sign that some providers add', async () => {
    const { minor } = watch(clientAnswering({ body: '{"major":"1","minor":"29+"}' }));
    await until('the minor is known', () => minor() === 29);
  });

  it('is asked again after a failure, and keeps the last answer meanwhile', async () => {
    const told = { body: '{"minor":"35"}' };
    const { minor } = watch(clientAnswering(new Error('down'), { status: 500 }, told, { body: 'no JSON' }));
    await until('the minor is known', () => minor() === 35);
    await until('a later answer makes no sense', () => lines.at(-1) === 'The API server did not tell its version.');
    expect(minor()).to.equal(35);
  });

  it('follows an upgrade', async () => {
    const { minor } = watch(clientAnswering({ body: '{"minor":"35"}' }, { body: '{"minor":"36"}' }));
    await until('the upgrade is seen', () => minor() === 36);
  });
});
