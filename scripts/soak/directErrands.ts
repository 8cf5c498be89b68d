import https from 'node:https';
import { type Answer, connect, head, patchOf, type SendOptions, type Server, send } from '../../test/webhook/client.ts';
import { creation, debugging, rayHeadPatch } from '../../test/webhook/reviews.ts';
import type { Errand } from './load.ts';

/** What is sent straight to the webhook, on connections that are kept as the API server keeps them; `close` ends those. */
export function directErrands(server: Server) {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 25 });
  let strangers = 0;
  const ask = (body: Buffer, options: SendOptions = {}) => send(server, body, { agent, ...options });
  const refused = (kind: string, share: number, status: number, body: Buffer, options: SendOptions = {}): Errand => ({
    ...{ kind, share, reviews: 0, always: true },
    run: async () => unlessStatus(await ask(body, options), status),
  });
  const errands: readonly Errand[] = [
    {
      ...{ kind: 'direct: a review', share: 20, reviews: 1, always: true },
      run: async () => unlessPatched(await ask(creation())),
    },
    {
      ...{ kind: 'direct: an ephemeral container', share: 4, reviews: 1, always: true },
      run: async () => unlessStatus(await ask(debugging()), 200),
    },
    {
      ...{ kind: 'direct: a namespace that nobody knows', share: 4, reviews: 1 },
      async run() {
        const body = creation(undefined, { namespace: `nowhere-${strangers++}` });
        return unlessStatus(await patiently(() => ask(body)), 200);
      },
    },
    refused('direct: not JSON', 3, 400, Buffer.from('{"kind": "AdmissionReview", ')),
    refused('direct: GET', 2, 405, Buffer.alloc(0), { method: 'GET' }),
    refused('direct: another path', 2, 404, creation(), { path: '/elsewhere' }),
    refused('direct: text', 2, 415, creation(), { headers: { 'Content-Type': 'text/plain' } }),
    refused('direct: too large a body', 1, 413, tooLarge, { agent: false }),
    {
      ...{ kind: 'direct: hangs up in the middle of a body', share: 3, reviews: 0, always: true },
      run: () => hangUp(server),
    },
  ];
  return { errands, close: () => agent.destroy() };
}

/** Asks again after the seconds that the answer names, as the API server does within its timeout. */
async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    const seconds = Number(answer.headers['retry-after']);
    if (answer.status !== 503 || Number.isNaN(seconds) || tries === 3) return answer;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

const tooLarge = Buffer.alloc(7 * 1024 * 1024 + 1, ' ');

function unlessStatus({ status, body }: Answer, expected: number): string | undefined {
  return status === expected ? undefined : `${status} ${body}`;
}

function unlessPatched(answer: Answer): string | undefined {
  if (answer.status !== 200) return `${answer.status} ${answer.body}`;
  return JSON.stringify(patchOf(answer)) === expectedPatch ? undefined : `another patch: ${answer.body.slice(0, 60)}`;
}

const expectedPatch = JSON.stringify(rayHeadPatch);

async function hangUp(server: Server): Promise<undefined> {
  const socket = await connect(server);
  const half = creation().subarray(0, 300);
  await new Promise<void>((resolve) => socket.write(head({ 'Content-Length': 2_000 }) + half, () => resolve()));
  socket.destroy();
}
