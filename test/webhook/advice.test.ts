import { expect } from 'chai';
import fc from 'fast-check';
import { parseGlob } from '../../src/admission/glob.ts';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import { createLoad } from '../../src/webhook/app.ts';
import { mutated, runs } from '../arbitraries.ts';
import { until } from '../kubernetes/poll.ts';
import { bytesOf, policyFor, reviewOf } from '../requests.ts';
import { type Answer, connect, head, oneConnection, patchOf, type SendOptions, untilClosed } from './client.ts';
import { faultyPolicies } from './faults.ts';
import { hostileBodies } from './hostileBodies.ts';
import { creation, rayHeadPatch, uid } from './reviews.ts';
import { startWebhook, type Webhook, type WebhookOptions } from './webhook.ts';

const paths = ['/namespaces', '/workloads'] as const;

/** The review of a namespace that gets this label. */
function labelling(profile: string): Buffer {
  const metadata = { name: 'team', labels: { 'pod-hardener.io/profile': profile } };
  const about = { kind: { kind: 'Namespace' }, resource: { group: '', version: 'v1', resource: 'namespaces' } };
  const object = { kind: 'Namespace', metadata };
  const oldObject = { kind: 'Namespace', metadata: { name: 'team' } };
  return ordered({ ...about, name: 'team', operation: 'UPDATE', object, oldObject });
}

/** The review of a new Deployment that runs as root. */
function deploying(namespace = 'team', more: object = {}): Buffer {
  const template = { spec: { containers: [{ name: 'app', securityContext: { runAsUser: 0 } }] } };
  const about = { kind: { kind: 'Deployment' }, resource: { group: 'apps', version: 'v1', resource: 'deployments' } };
  return ordered({ ...about, name: 'web', namespace, object: { kind: 'Deployment', spec: { template, ...more } } });
}

/** The members in the order in which an API server writes them. */
function ordered(request: Readonly<Record<string, unknown>>): Buffer {
  const { kind, apiVersion, request: whole } = reviewOf(null, request) as Record<string, object>;
  return bytesOf({ kind, apiVersion, request: { ...whole, uid } });
}

const reviews = [labelling('restricted'), deploying()].map((body) => JSON.parse(body.toString()));

/** Bodies that are made of all kinds of reviews, and nonsense. */
const bodies = fc.oneof(hostileBodies, mutated(fc.constantFrom(...reviews)).map(bytesOf));

const aboutRoot = 'pod-hardener: container "app" runs as root and is left without: runAsNonRoot, capabilities';
const silent = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${uid}","allowed":true}}`;

function warningsOf({ status, body }: Answer): readonly string[] {
  expect(status).to.equal(200);
  const { response } = JSON.parse(body);
  expect(response).to.deep.include({ uid, allowed: true });
  expect(response).to.not.have.any.keys('patch', 'patchType', 'status');
  return response.warnings ?? [];
}

describe('advice', () => {
  let webhook: Webhook;
  const namespaces: Record<string, Policy> = { team: policyFor('restricted'), broken: faultyPolicies.decide };

  before(async () => {
    webhook = await startWebhook({
      findPolicy(namespace) {
        if (namespace === 'rejects') return Promise.reject(new Error('ECONNREFUSED 10.96.0.1:443'));
        return namespaces[namespace];
      },
    });
  });

  after(() => webhook.close());

  const post = (path: string, body: Buffer, options: SendOptions = {}) => webhook.post(body, { path, ...options });

  it('on a namespace is a warning', async () => {
    const answer = await post('/namespaces?timeout=1s', labelling('restrictd'));
    expect(answer.headers['content-type']).to.equal('application/json');
    expect(warningsOf(answer)[0]).to.equal(
      'pod-hardener.io/profile: "restrictd" is unknown; did you mean "restricted"? Using restricted',
    );
    expect(webhook.advice.at(-1)).to.deep.include({ kind: 'namespaces', outcome: 'advised', status: 200 });
  });

  it('on a workload is a warning', async () => {
    expect(warningsOf(await post('/workloads?timeout=1s', deploying()))[0]).to.equal(aboutRoot);
    expect(webhook.advice.at(-1)).to.deep.include({ kind: 'workloads', outcome: 'advised', status: 200 });
  });

  it('on a workload knows what is known of images', async () => {
    const own = await startWebhook({ evidence: (image) => (image === 'web:1' ? { state: 'root' } : undefined) });
    const of = (image: string) => {
      const template = { spec: { containers: [{ name: 'app', image }] } };
      return own.post(deploying('team', { template }), { path: '/workloads' });
    };
    try {
      expect(warningsOf(await of('web:1'))[0]).to.equal(
        'pod-hardener: container "app" may be root by its image and is left without: runAsNonRoot, capabilities',
      );
      expect((await of('web:2')).body).to.equal(silent);
    } finally {
      await own.close();
    }
  });

  it('on a workload tells nobody of what an administrator has exempted', async () => {
    const match = { namespaces: [parseGlob('team')] };
    const named = { name: 'ldap', owner: 'infra', reason: 'It binds a port as root.' };
    const active = [{ ...named, controls: ['runAsNonRoot', 'capabilities'], match }];
    const own = await startWebhook({ exemptions: () => ({ active, expired: [] }) });
    try {
      expect(warningsOf(await own.post(deploying(), { path: '/workloads' }))).to.deep.equal([
        'pod-hardener: short of restricted: runAsUser=0 (container "app" must not set runAsUser=0)',
        'pod-hardener: all else is filled: seccompProfile, allowPrivilegeEscalation',
      ]);
    } finally {
      await own.close();
    }
  });

  it('is a bare yes where there is nothing to say', async () => {
    expect((await post('/namespaces', labelling('privileged'))).body).to.equal(silent);
    expect((await post('/workloads', deploying('elsewhere'))).body).to.equal(silent);
    expect((await post('/workloads', creation())).body).to.equal(silent);
    expect((await post('/namespaces', creation())).body).to.equal(silent);
    expect(webhook.advice.slice(-4).map(({ outcome }) => outcome)).to.deep.equal(Array(4).fill('silent'));
  });

  it('is no reply to a review of a pod, and counts as none', async () => {
    const before = webhook.replies.length;
    await post('/workloads', deploying());
    expect(webhook.replies.length).to.equal(before);
  });

  for (const path of paths) {
    it(`of ${path} refuses what is no review, as /mutate does`, async () => {
      for (const [body, status, headers] of [
        [Buffer.from('x'), 400, {}],
        [Buffer.from('{}'), 400, {}],
        [creation(null, { uid: '' }), 400, {}],
        [ordered({ resource: { group: '', resource: 'namespaces' }, object: null }), 400, {}],
        [creation(), 415, { 'Content-Type': 'text/plain' }],
        [creation(), 415, { 'Content-Encoding': 'gzip' }],
        [Buffer.alloc(7 * 1024 * 1024 + 1), 413, {}],
      ] as const) {
        const answer = await post(path, body, { headers });
        expect(answer.status).to.equal(status);
        expect(answer.body).to.match(/^[^\n]+\n$/);
        expect(webhook.advice.at(-1)).to.deep.include({ outcome: 'failed', status });
      }
      const got = await post(path, creation(), { method: 'GET' });
      expect([got.status, got.headers.allow]).to.deep.equal([405, 'POST']);
    });

    it(`of ${path} changes and refuses nothing, whatever is sent`, async () => {
      const agent = oneConnection();
      const property = fc.asyncProperty(bodies, async (body) => {
        const { status, body: text } = await post(path, body, { agent });
        expect(status).to.be.oneOf([200, 400, 413]);
        if (status !== 200) {
          expect(text).to.match(/^[^\n]{1,300}\n$/);
          return;
        }
        const { response } = JSON.parse(text);
        expect(response.uid).to.equal(JSON.parse(body.toString()).request.uid);
        expect(response.allowed).to.equal(true);
        expect(response).to.not.have.any.keys('patch', 'patchType', 'status', 'auditAnnotations');
      });
      await fc.assert(property, runs);
      agent.destroy();
    });
  }

  it('lets pass what it has a fault with, and keeps the cause for the log', async () => {
    expect((await post('/workloads', deploying('broken'))).body).to.equal(silent);
    const reply = webhook.advice.at(-1);
    expect(reply).to.deep.include({ outcome: 'failed', status: 200 });
    expect(reply?.cause).to.be.an('error').with.property('message', 'the rule is broken');
    expect(reply?.request).to.include({ name: 'web' });
  });

  it('lets pass what a lookup fails for, and is not asked for again', async () => {
    const answer = await post('/workloads', deploying('rejects'));
    expect(answer.body).to.equal(silent);
    expect(answer.headers).to.not.have.property('retry-after');
    expect(webhook.advice.at(-1)?.cause).to.include({
      name: 'NoAdviceError',
      message: 'the policy of namespace rejects cannot be looked up now',
    });
  });

  it('is given the verdict on a namespace, and passes without one that fails', async () => {
    const own = await startWebhook({
      namespaceVerdict({ name, labels }) {
        const profile = labels['pod-hardener.io/profile'];
        if (profile === 'baseline') throw new Error('nothing is known of the pods');
        return `${profile}: 12 pods in ${name}, 9 would change`;
      },
    });
    try {
      const said = await own.post(labelling('restricted'), { path: '/namespaces' });
      expect(warningsOf(said)[0]).to.equal('pod-hardener: restricted: 12 pods in team, 9 would change');
      expect((await own.post(labelling('baseline'), { path: '/namespaces' })).body).to.equal(silent);
      expect(own.advice.at(-1)?.outcome).to.equal('failed');
    } finally {
      await own.close();
    }
  });
});

describe('advice that takes too long', () => {
  /** The answer of a webhook with so much patience, and what it knows of it. */
  async function answerWith(options: WebhookOptions, patience: { readonly advicePatienceMs: number | undefined }) {
    const webhook = await startWebhook({ ...options, ...(patience as WebhookOptions) });
    try {
      const { body } = await webhook.post(deploying(), { path: '/workloads?timeout=10s' });
      return { body, reply: webhook.advice[0] };
    } finally {
      await webhook.close();
    }
  }

  it('is not waited for when a lookup has not ended after 300 ms', async () => {
    const { body, reply } = await answerWith(
      { findPolicy: () => new Promise(() => {}) },
      { advicePatienceMs: undefined },
    );
    expect(body).to.equal(silent);
    expect(reply?.outcome).to.equal('failed');
    // The rest is what a busy machine may add.
    expect(reply?.seconds).to.be.within(0.29, 1);
  });

  it('gives a lookup no more time than there is left, whatever the API server would wait', async () => {
    const asked: number[] = [];
    const findPolicy = (_: string, deadlineMs: number) => {
      asked.push(deadlineMs);
      return undefined;
    };
    await answerWith({ findPolicy }, { advicePatienceMs: 5_000 });
    expect(asked).to.have.length(1);
    expect(asked[0]).to.be.within(1, 5_000);
  });

  it('is not even begun when the time was over before the review was read', async () => {
    const { body, reply } = await answerWith({}, { advicePatienceMs: 0 });
    expect(body).to.equal(silent);
    expect(reply?.cause).to.include({ message: 'there is too much to do' });
  });
});

describe('advice on a busy webhook', () => {
  /** Answers of a webhook that is as loaded as that. */
  async function whileLoaded(
    limits: object,
    body: Buffer,
    options: SendOptions = {},
  ): Promise<readonly [Answer, Webhook]> {
    const load = Object.assign(createLoad(), limits);
    const webhook = await startWebhook({ load });
    try {
      return [await webhook.post(body, { path: '/workloads', ...options }), webhook];
    } finally {
      await webhook.close();
    }
  }

  for (const [what, limits] of [
    ['many pods', { requests: 64 }],
    ['many bytes of pods', { bytes: 8 * 1024 * 1024 }],
  ] as const) {
    it(`is not given while there are ${what}, and nobody waits for it`, async () => {
      const [answer, { advice }] = await whileLoaded(limits, deploying());
      expect(answer.body).to.equal(silent);
      expect(answer.headers.connection).to.equal('keep-alive');
      expect(advice).to.have.length(1);
      expect(advice[0]).to.deep.include({ outcome: 'failed', status: 200 });
      expect(advice[0]?.cause).to.include({ message: 'there is too much to do' });
    });
  }

  it('is given just below that', async () => {
    const [answer] = await whileLoaded({ requests: 63, bytes: 8 * 1024 * 1024 - 1 }, deploying());
    expect(warningsOf(answer)[0]).to.equal(aboutRoot);
  });

  it('is not given on more than 4 MiB', async () => {
    const [answer] = await whileLoaded({}, deploying('team', { padding: 'x'.repeat(4 * 1024 * 1024) }));
    expect(answer.body).to.equal(silent);
  });

  it('is given again when that is done', async () => {
    const webhook = await startWebhook();
    try {
      const large = deploying('team', { padding: 'x'.repeat(1024 * 1024) });
      for (const _ of Array(5)) {
        expect(warningsOf(await webhook.post(large, { path: '/workloads' }))[0]).to.equal(aboutRoot);
      }
    } finally {
      await webhook.close();
    }
  });

  it('refuses more than 4 MiB that nobody has announced', async () => {
    const webhook = await startWebhook();
    try {
      const socket = await connect(webhook);
      const answered = untilClosed(socket);
      socket.write(head({ 'Transfer-Encoding': 'chunked', Connection: 'close' }, 'POST /workloads HTTP/1.1'));
      const mebibyte = `${(1024 * 1024).toString(16)}\r\n${'x'.repeat(1024 * 1024)}\r\n`;
      for (const _ of Array(5)) socket.write(mebibyte);
      socket.write('0\r\n\r\n');
      expect(await answered).to.match(/^HTTP\/1\.1 429 .*too many requests at once\n$/s);
      expect(warningsOf(await webhook.post(deploying(), { path: '/workloads' }))[0]).to.equal(aboutRoot);
    } finally {
      await webhook.close();
    }
  });

  it('refuses who does not begin as an API server does, without asking to be called again', async () => {
    const [answer] = await whileLoaded({ requests: 64 }, Buffer.from(` ${deploying()}`));
    expect([answer.status, answer.body]).to.deep.equal([429, 'too many requests at once\n']);
    expect(answer.headers).to.not.have.property('retry-after');
  });

  it('is worked on for 8 at a time, and keeps no pod from being filled meanwhile', async () => {
    let waiting = 0;
    const release: (() => void)[] = [];
    const restricted = policyFor('restricted');
    const load = createLoad();
    const webhook = await startWebhook({
      load,
      findPolicy(namespace) {
        if (namespace !== 'slow') return restricted;
        waiting++;
        return new Promise((resolve) => release.push(() => resolve(restricted)));
      },
    });
    try {
      const first = Array.from({ length: 8 }, () => webhook.post(deploying('slow'), { path: '/workloads' }));
      await until('eight are being worked on', () => waiting === 8);
      expect([load.requests, load.bytes], 'what is there for pods').to.deep.equal([0, 0]);
      const ninth = await webhook.post(deploying(), { path: '/workloads' });
      const pod = await webhook.post(creation());
      expect(ninth.body).to.equal(silent);
      expect(patchOf(pod)).to.deep.equal(rayHeadPatch);
      for (const resolve of release) resolve();
      expect((await Promise.all(first)).map(({ status }) => status)).to.deep.equal(Array(8).fill(200));
      expect(warningsOf(await webhook.post(deploying(), { path: '/workloads' }))[0]).to.equal(aboutRoot);
    } finally {
      await webhook.close();
    }
  });
});
