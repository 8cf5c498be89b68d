import { expect } from 'chai';
import { createLoad, type Load } from '../../src/webhook/app.ts';
import { until } from '../kubernetes/poll.ts';
import { policyFor } from '../requests.ts';
import { type Answer, oneConnection, patchOf, type SendOptions } from './client.ts';
import { faultyPolicies } from './faults.ts';
import { completePod, creation, debugging, padded, rayHead, rayHeadPatch, uid } from './reviews.ts';
import { startWebhook, type Webhook } from './webhook.ts';

/** The answer to a review that changes nothing. */
const allowed = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${uid}","allowed":true}}`;

function expectReview(answer: Answer): void {
  expect(answer.body).to.not.include('"allowed":false');
  expect(answer.status).to.equal(200);
  expect(answer.headers['content-type']).to.equal('application/json');
  expect(answer.headers['content-length']).to.equal(String(Buffer.byteLength(answer.body)));
  expect(answer.headers).to.not.have.any.keys('etag', 'x-powered-by', 'retry-after');
}

function expectRefusal(answer: Answer, status: number, sentence: string): void {
  expect(answer.body).to.equal(`${sentence}\n`);
  expect(answer.status).to.equal(status);
  expect(answer.headers['content-type']).to.equal('text/plain; charset=utf-8');
}

describe('POST /mutate', () => {
  let webhook: Webhook;
  const namespaces: Record<string, ReturnType<typeof policyFor>> = {
    team: policyFor('restricted'),
    audited: policyFor('restricted', { mode: 'audit' }),
    warned: policyFor('restricted', { mode: 'warn' }),
    'broken-decide': faultyPolicies.decide,
    'broken-self-check': faultyPolicies.self_check,
    'broken-encode': faultyPolicies.encode,
  };

  before(async () => {
    webhook = await startWebhook({
      findPolicy(namespace) {
        if (namespace === 'throws') throw new Error('the lookup broke at /srv/lookup.ts:1');
        if (namespace === 'rejects') return Promise.reject(new Error('ECONNREFUSED 10.96.0.1:443'));
        return namespaces[namespace];
      },
    });
  });

  after(() => webhook.close());

  const post = (body: Buffer, options?: SendOptions) => webhook.post(body, options);

  describe('with a review', () => {
    it('is answered with a patch where something was left out', async () => {
      const answer = await post(creation());
      expectReview(answer);
      const { response, ...review } = JSON.parse(answer.body);
      expect(review).to.deep.equal({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' });
      expect(response).to.have.all.keys('uid', 'allowed', 'patchType', 'patch', 'auditAnnotations');
      expect(response).to.include({ uid, allowed: true, patchType: 'JSONPatch' });
      expect(patchOf(answer)).to.deep.equal(rayHeadPatch);
      expect(response.auditAnnotations).to.deep.equal({
        policy: 'restricted:latest fill',
        level: 'baseline -> restricted',
        filled: rayHeadPatch.at(-1)?.value,
      });
    });

    it('is answered with the same bytes again', async () => {
      expect((await post(creation())).body).to.equal((await post(creation())).body);
    });

    it('is answered the same when it is a dry run', async () => {
      const [real, dry] = [await post(creation()), await post(creation(rayHead, { dryRun: true }))];
      expect(dry.body).to.equal(real.body);
    });

    it('is answered with a patch of the new ephemeral container only', async () => {
      const answer = await post(debugging());
      expectReview(answer);
      expect(patchOf(answer)).to.deep.equal([
        {
          op: 'add',
          path: '/spec/ephemeralContainers/1/securityContext',
          value: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ]);
    });

    it('is answered with a bare yes where nothing was left out', async () => {
      const answer = await post(creation(completePod));
      expectReview(answer);
      expect(JSON.parse(answer.body).response).to.deep.equal({
        uid,
        allowed: true,
        auditAnnotations: { policy: 'restricted:latest fill', level: 'restricted -> restricted' },
      });
    });

    for (const [what, body] of [
      ['of a namespace that is not opted in', creation(rayHead, { namespace: 'elsewhere' })],
      ['of a DELETE', creation(null, { operation: 'DELETE', object: null, oldObject: rayHead })],
      ['of a CONNECT', creation({ kind: 'PodExecOptions' }, { operation: 'CONNECT', subResource: 'exec' })],
      ['of an UPDATE of a pod', creation(rayHead, { operation: 'UPDATE', oldObject: rayHead })],
      ['of a pod’s status', creation(rayHead, { operation: 'UPDATE', subResource: 'status', oldObject: rayHead })],
      ['of a pod’s binding', creation({ kind: 'Binding' }, { subResource: 'binding' })],
      ['of a pod’s resize', creation(rayHead, { operation: 'UPDATE', subResource: 'resize', oldObject: rayHead })],
      ['of a Deployment', creation({ kind: 'Deployment' }, { resource: { group: 'apps', resource: 'deployments' } })],
      ['of pods of another group', creation({ kind: 'Pod' }, { resource: { group: 'x.example', resource: 'pods' } })],
      ['of an object without a namespace', creation({}, { namespace: undefined, resource: { resource: 'nodes' } })],
    ] as const) {
      it(`is answered with a bare yes when it is one ${what}`, async () => {
        const answer = await post(body);
        expectReview(answer);
        expect(answer.body).to.equal(allowed);
      });
    }

    it('is answered without a patch in the modes audit and warn', async () => {
      for (const namespace of ['audited', 'warned']) {
        const answer = await post(creation(rayHead, { namespace }));
        expectReview(answer);
        const { response } = JSON.parse(answer.body);
        expect(response).to.not.have.any.keys('patch', 'patchType');
        expect(response.auditAnnotations).to.have.all.keys('policy', 'level', 'would-fill');
        expect(response.warnings?.length ?? 0).to.equal(namespace === 'warned' ? 3 : 0);
      }
    });

    it('is answered correctly whatever its size', async () => {
      for (const size of [100_000, 1_400_000, 2_900_000]) {
        const answer = await post(creation(padded(size)));
        expectReview(answer);
        expect(patchOf(answer), `${size} bytes`).to.deep.equal(rayHeadPatch);
      }
    });

    it('is answered correctly when it is an update of two objects of 3 MB', async () => {
      const [object, oldObject] = [padded(3_000_000), padded(3_000_000)];
      const spec = object.spec as { containers: unknown[] };
      const withDebugger = { ...object, spec: { ...spec, ephemeralContainers: [{ name: 'debugger' }] } };
      const answer = await post(
        creation(withDebugger, { operation: 'UPDATE', subResource: 'ephemeralcontainers', oldObject }),
      );
      expectReview(answer);
      expect(patchOf(answer)).to.deep.equal([
        {
          op: 'add',
          path: '/spec/ephemeralContainers/0/securityContext',
          value: {
            seccompProfile: { type: 'RuntimeDefault' },
            runAsNonRoot: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
          },
        },
      ]);
    });

    for (const type of ['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON']) {
      it(`is understood as ${type}`, async () => {
        expectReview(await post(creation(), { headers: { 'Content-Type': type } }));
      });
    }

    it('is understood with the content encoding identity', async () => {
      expectReview(await post(creation(), { headers: { 'Content-Encoding': 'identity' } }));
    });

    it('is understood without the API server’s timeout in the query, or with nonsense there', async () => {
      for (const query of ['', '?', '?timeout=30s', '?timeout=-1s', '?timeout[]=1&%', '?a=b&timeout=999999s']) {
        expectReview(await post(creation(), { path: `/mutate${query}` }));
      }
    });
  });

  describe('with a body that is no review of a pod', () => {
    const bytes = (text: string) => Buffer.from(text);
    const review = (members: object) => bytes(JSON.stringify({ ...JSON.parse(creation().toString()), ...members }));
    const noUid = 'request.uid is not a printable string of 1 to 256 characters';
    const noNamespace = 'request.namespace is not the name of a namespace';
    for (const [what, body, sentence] of [
      ['nothing', bytes(''), 'the body is empty'],
      ['text', bytes('hello'), 'the body is not JSON'],
      ['half a review', creation().subarray(0, 500), 'the body is not JSON'],
      ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x7b]), 'the body is not JSON'],
      ['null', bytes('null'), 'the body is no AdmissionReview'],
      ['a list', bytes('[]'), 'the body is no AdmissionReview'],
      ['a Pod', bytes(JSON.stringify(rayHead)), 'the body is no AdmissionReview'],
      [
        'v1beta1',
        review({ apiVersion: 'admission.k8s.io/v1beta1' }),
        'the AdmissionReview is not of apiVersion admission.k8s.io/v1',
      ],
      [
        'v2',
        review({ apiVersion: 'admission.k8s.io/v2' }),
        'the AdmissionReview is not of apiVersion admission.k8s.io/v1',
      ],
      ['no request', review({ request: undefined }), 'the AdmissionReview has no request'],
      ['a null request', review({ request: null }), 'the AdmissionReview has no request'],
      ['no uid', creation(rayHead, { uid: undefined }), noUid],
      ['an empty uid', creation(rayHead, { uid: '' }), noUid],
      ['a number for a uid', creation(rayHead, { uid: 7 }), noUid],
      ['a uid of 10 KB', creation(rayHead, { uid: 'u'.repeat(10_240) }), noUid],
      ['a uid with a newline', creation(rayHead, { uid: 'a\nb' }), noUid],
      ['no object', creation(rayHead, { object: null }), 'request.object is not a Pod'],
      ['a string for an object', creation('pod'), 'request.object is not a Pod'],
      ['another kind', creation({ ...rayHead, kind: 'Service' }), 'request.object is not a Pod: kind is "Service"'],
      ['no spec', creation({ kind: 'Pod' }), 'request.object is not a Pod: spec is missing, not an object'],
      [
        'no containers',
        creation({ kind: 'Pod', spec: {} }),
        'request.object is not a Pod: spec.containers is missing, not a list',
      ],
      [
        'a null container',
        creation({ kind: 'Pod', spec: { containers: [null] } }),
        'request.object is not a Pod: spec.containers[0] is null, not an object',
      ],
      ['an update without the old object', debugging({ oldObject: null }), 'request.oldObject is not a Pod'],
      ['no namespace', creation(rayHead, { namespace: undefined }), noNamespace],
      ['a path for a namespace', creation(rayHead, { namespace: '../x' }), noNamespace],
      ['a namespace in upper case', creation(rayHead, { namespace: 'TEAM' }), noNamespace],
      ['a namespace of 300 characters', creation(rayHead, { namespace: 'n'.repeat(300) }), noNamespace],
    ] as const) {
      it(`is answered 400 when it has ${what}`, async () => expectRefusal(await post(body), 400, sentence));
    }

    it('keeps the connection when the body has been read', async () => {
      const agent = oneConnection();
      const first = await post(Buffer.from('nonsense'), { agent });
      const second = await post(creation(), { agent });
      agent.destroy();
      expect(first.status).to.equal(400);
      expect(first.headers.connection).to.equal('keep-alive');
      expectReview(second);
      expect(second.from).to.equal(first.from);
    });
  });

  describe('with a body that is not read', () => {
    const plain = 'the content type is not application/json';
    for (const type of ['', 'text/plain', 'application/yaml', 'application/json-patch+json', 'application/jsonx']) {
      it(`is answered 415 for the content type ${JSON.stringify(type)}`, async () => {
        expectRefusal(await post(creation(), { headers: { 'Content-Type': type } }), 415, plain);
      });
    }

    for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'identity, gzip']) {
      it(`is answered 415 for the content encoding ${encoding}`, async () => {
        const answer = await post(creation(), { headers: { 'Content-Encoding': encoding } });
        expectRefusal(answer, 415, 'a body with a content encoding is not accepted');
      });
    }
  });

  describe('when something is broken', () => {
    for (const namespace of ['throws', 'rejects']) {
      it(`is answered 503 and to be tried again when the lookup ${namespace}`, async () => {
        const answer = await post(creation(rayHead, { namespace }));
        expectRefusal(answer, 503, `the policy of namespace ${namespace} cannot be looked up now`);
        expect(answer.headers['retry-after']).to.equal('1');
        expect(webhook.replies.at(-1)?.error).to.include({ stage: 'lookup' });
      });
    }

    for (const stage of ['decide', 'self_check', 'encode']) {
      it(`is answered 500 without a word of the cause when it is our ${stage}`, async () => {
        const answer = await post(creation(rayHead, { namespace: `broken-${stage.replace('_', '-')}` }));
        expectRefusal(answer, 500, 'internal error');
        expect(answer.headers).to.not.have.property('retry-after');
        const reply = webhook.replies.at(-1);
        expect(reply?.error).to.include({ stage });
        expect(reply?.error?.cause).to.be.an('error');
        expect(reply?.request).to.include({ uid });
      });
    }

    it('goes on answering', async () => expectReview(await post(creation())));
  });
});

describe('POST /mutate above its load', () => {
  /** The answers to a second review while a first one waits for its policy, and to the first one then. */
  async function answersTo(second: Buffer, limits: Partial<Load>) {
    let release = () => {};
    const held = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    const load = { ...createLoad(), ...limits };
    const webhook = await startWebhook({ load, findPolicy: () => held });
    try {
      const first = webhook.post(creation());
      await until('the first review waits', () => load.requests === 1 && load.bytes === creation().length);
      const refused = await webhook.post(second);
      release();
      const answered = await first;
      const after = { requests: load.requests, bytes: load.bytes };
      return { refused, answered, after, error: webhook.replies[0]?.error };
    } finally {
      await webhook.close();
    }
  }

  for (const [what, limits, body] of [
    ['requests', { maxRequests: 1 }, creation()],
    ['bytes', { maxBytes: 2 * creation().length, reserveBytes: 0 }, creation(padded(1000))],
  ] as const) {
    it(`is answered 503 and to be tried again when there are too many ${what} at once`, async () => {
      const { refused, answered, after, error } = await answersTo(body, limits);
      expectRefusal(refused, 503, 'too many requests at once');
      expect(refused.headers['retry-after']).to.equal('1');
      expect(error).to.include({ stage: 'overload' });
      expect(answered.status).to.equal(200);
      expect(after).to.deep.equal({ requests: 0, bytes: 0 });
    });
  }

  it('has room for 512 requests and 32 MiB, and 16 MiB more for small ones', () => {
    const limits = { maxRequests: 512, maxBytes: 33_554_432, reserveBytes: 16_777_216 };
    expect(createLoad()).to.deep.equal({ requests: 0, bytes: 0, ...limits });
  });
});

describe('any other request', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook();
  });

  after(() => webhook.close());

  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
    it(`${method} /mutate is answered 405 and told what is allowed`, async () => {
      const answer = await webhook.post(Buffer.from(''), { method });
      expect(answer.status).to.equal(405);
      expect(answer.headers.allow).to.equal('POST');
      expect(answer.body).to.equal(method === 'HEAD' ? '' : 'only POST is answered here\n');
      expect(answer.headers['content-type']).to.equal('text/plain; charset=utf-8');
    });
  }

  for (const path of ['/', '/mutate/', '/Mutate', '/mutate/x', '/metrics', '/%', '/mutate%00', '//mutate', '*']) {
    it(`POST ${path} is answered 404`, async () => {
      const answer = await webhook.post(creation(), { path });
      expectRefusal(answer, 404, 'only /mutate is answered here');
      expect(answer.headers).to.not.have.property('x-powered-by');
    });
  }

  it('is not reported as a review', () => expect(webhook.replies).to.deep.equal([]));
});
