import { expect } from 'chai';
import fc from 'fast-check';
import { RequestError } from '../../src/admission/errors.ts';
import { decodeReview, encodeReview } from '../../src/admission/review.ts';
import { mutated, pods, runs } from '../arbitraries.ts';
import { type Json, podOf } from '../pods.ts';
import { bytesOf, reviewOf } from '../requests.ts';

const pod = podOf([{ name: 'app' }]);
const uid = '705ab4f5-6393-11e8-b7cc-42010a800002';

function decode(request: Json) {
  return decodeReview(bytesOf(reviewOf(pod, request)));
}

describe('decodeReview', () => {
  it('returns the pod of a request to create one', () => {
    expect(decode({})).to.deep.equal({
      uid,
      operation: 'create',
      resource: 'pods',
      namespace: 'team',
      dryRun: false,
      subject: { pod },
    });
  });

  it('returns the pod and the one before of a request to add ephemeral containers', () => {
    const before = podOf([{ name: 'before' }]);
    expect(decode({ operation: 'UPDATE', subResource: 'ephemeralcontainers', oldObject: before })).to.deep.equal({
      uid,
      operation: 'update',
      resource: 'ephemeralcontainers',
      namespace: 'team',
      dryRun: false,
      subject: { pod, before },
    });
  });

  it('reads dryRun', () => {
    expect(decode({ dryRun: true }).dryRun).to.equal(true);
    expect(decode({ dryRun: 'true' }).dryRun).to.equal(false);
    expect(decode({ dryRun: undefined }).dryRun).to.equal(false);
  });

  it('takes a pod without kind, without name and without metadata', () => {
    const nameless = { spec: { containers: [] } };
    expect(decode({ object: nameless, name: undefined }).subject).to.deep.equal({ pod: nameless });
  });

  it('takes an empty or null subresource for none, and the core group by its empty name', () => {
    expect(decode({ subResource: '' }).resource).to.equal('pods');
    expect(decode({ subResource: null }).resource).to.equal('pods');
    expect(decode({ resource: { version: 'v1', resource: 'pods' } }).resource).to.equal('pods');
  });

  const without: readonly [string, Json, string, string][] = [
    ['DELETE of a pod', { operation: 'DELETE', object: null, oldObject: pod }, 'other', 'pods'],
    ['CONNECT to a pod', { operation: 'CONNECT', subResource: 'exec', object: { command: ['sh'] } }, 'other', 'other'],
    ['UPDATE of a pod', { operation: 'UPDATE', oldObject: pod }, 'update', 'pods'],
    ['UPDATE of a pod’s status', { operation: 'UPDATE', subResource: 'status', oldObject: pod }, 'update', 'other'],
    ['UPDATE of a pod’s size', { operation: 'UPDATE', subResource: 'resize', oldObject: pod }, 'update', 'other'],
    ['CREATE of a binding', { subResource: 'binding', object: { kind: 'Binding' } }, 'create', 'other'],
    ['CREATE of an eviction', { subResource: 'eviction', object: { kind: 'Eviction' } }, 'create', 'other'],
    ['CREATE of ephemeral containers', { subResource: 'ephemeralcontainers' }, 'create', 'ephemeralcontainers'],
    [
      'CREATE of a Deployment',
      { resource: { group: 'apps', version: 'v1', resource: 'deployments' }, object: { kind: 'Deployment' } },
      'create',
      'other',
    ],
    [
      'CREATE of a resource of another group that is called pods',
      { resource: { group: 'metrics.k8s.io', version: 'v1', resource: 'pods' } },
      'create',
      'other',
    ],
    ['request without a resource', { resource: null }, 'create', 'other'],
    ['request with an unknown operation', { operation: 'PATCH' }, 'other', 'pods'],
  ];

  for (const [what, request, operation, resource] of without) {
    it(`finds nothing to fill in a ${what}`, () => {
      expect(decode(request)).to.deep.equal({ uid, operation, resource, namespace: 'team', dryRun: false });
    });
  }

  const notJson = 'the body is not JSON';
  const noReview = 'the body is no AdmissionReview';
  const badVersion = 'the AdmissionReview is not of apiVersion admission.k8s.io/v1';
  const noRequest = 'the AdmissionReview has no request';
  const badUid = 'request.uid is not a printable string of 1 to 256 characters';
  const badNamespace = 'request.namespace is not the name of a namespace';
  const review = reviewOf(pod);
  const refused: readonly [string, unknown, string][] = [
    ['null', null, noReview],
    ['a list', [review], noReview],
    ['a number', 1, noReview],
    ['an object without kind', {}, noReview],
    ['another kind', { ...review, kind: 'Pod' }, noReview],
    ['a v1beta1 review', { ...review, apiVersion: 'admission.k8s.io/v1beta1' }, badVersion],
    ['a v2 review', { ...review, apiVersion: 'admission.k8s.io/v2' }, badVersion],
    ['a review without apiVersion', { ...review, apiVersion: undefined }, badVersion],
    ['a review without request', { ...review, request: undefined }, noRequest],
    ['a review whose request is null', { ...review, request: null }, noRequest],
    ['a review whose request is a list', { ...review, request: [] }, noRequest],
    ['a review that is an answer', { ...review, request: undefined, response: { uid } }, noRequest],
    ['no uid', reviewOf(pod, { uid: undefined }), badUid],
    ['an empty uid', reviewOf(pod, { uid: '' }), badUid],
    ['a blank uid', reviewOf(pod, { uid: '  ' }), badUid],
    ['a number as uid', reviewOf(pod, { uid: 7 }), badUid],
    ['a uid with a line break', reviewOf(pod, { uid: 'a\nb' }), badUid],
    ['a uid that is not ASCII', reviewOf(pod, { uid: 'ü' }), badUid],
    ['a uid of 257 characters', reviewOf(pod, { uid: 'x'.repeat(257) }), badUid],
    ['a uid of 10 KB', reviewOf(pod, { uid: 'x'.repeat(10_240) }), badUid],
    ['a bad uid of a DELETE', reviewOf(null, { operation: 'DELETE', uid: '' }), badUid],
    ['no object', reviewOf(undefined), 'request.object is not a Pod'],
    ['a null object', reviewOf(null), 'request.object is not a Pod'],
    ['a list as object', reviewOf([]), 'request.object is not a Pod'],
    ['a string as object', reviewOf('pod'), 'request.object is not a Pod'],
    [
      'another kind of object',
      reviewOf({ ...pod, kind: 'Deployment' }),
      'request.object is not a Pod: kind is "Deployment"',
    ],
    ['a kind that is no text', reviewOf({ ...pod, kind: { toString: 1 } }), 'request.object is not a Pod'],
    [
      'a pod with a field of the wrong type',
      reviewOf({ spec: { containers: [], hostNetwork: 'yes' } }),
      'request.object is not a Pod: spec.hostNetwork is a string, not a boolean',
    ],
    ['an empty object', reviewOf({}), 'request.object is not a Pod: spec is missing, not an object'],
    [
      'a pod whose containers are null',
      reviewOf({ spec: { containers: null } }),
      'request.object is not a Pod: spec.containers is null, not a list',
    ],
    [
      'a pod with a container that is null',
      reviewOf({ spec: { containers: [null] } }),
      'request.object is not a Pod: spec.containers[0] is null, not an object',
    ],
    [
      'ephemeral containers without the pod before',
      reviewOf(pod, { operation: 'UPDATE', subResource: 'ephemeralcontainers' }),
      'request.oldObject is not a Pod',
    ],
    [
      'ephemeral containers with a bad pod before',
      reviewOf(pod, { operation: 'UPDATE', subResource: 'ephemeralcontainers', oldObject: { spec: 1 } }),
      'request.oldObject is not a Pod: spec is a number, not an object',
    ],
    ['no namespace', reviewOf(pod, { namespace: undefined }), badNamespace],
    ['an empty namespace', reviewOf(pod, { namespace: '' }), badNamespace],
    ['a namespace that climbs', reviewOf(pod, { namespace: '../x' }), badNamespace],
    ['a namespace of 300 characters', reviewOf(pod, { namespace: 'x'.repeat(300) }), badNamespace],
    ['a namespace of 64 characters', reviewOf(pod, { namespace: 'x'.repeat(64) }), badNamespace],
    ['a namespace in capitals', reviewOf(pod, { namespace: 'Team' }), badNamespace],
    ['a namespace that ends in a dash', reviewOf(pod, { namespace: 'team-' }), badNamespace],
    ['a namespace with a line break at its end', reviewOf(pod, { namespace: 'team\n' }), badNamespace],
    ['a list as namespace', reviewOf(pod, { namespace: ['team'] }), badNamespace],
  ];

  for (const [what, body, message] of refused) {
    it(`refuses ${what}`, () => expectRefusal(bytesOf(body), message));
  }

  it('refuses an empty body', () => expectRefusal(Buffer.alloc(0), 'the body is empty'));

  it('refuses a body that is no JSON, or only a part of it', () => {
    expectRefusal(Buffer.from('hello'), notJson);
    expectRefusal(Buffer.from('{"kind":"AdmissionReview"'), notJson);
    expectRefusal(bytesOf(review).subarray(0, -1), notJson);
    expectRefusal(Buffer.from([0xff, 0xfe, 0x00]), notJson);
  });

  it('takes a uid of 256 characters and a namespace of 63', () => {
    const { uid: long, namespace } = decode({ uid: 'x'.repeat(256), namespace: 'y'.repeat(63) });
    expect([long, namespace]).to.deep.equal(['x'.repeat(256), 'y'.repeat(63)]);
  });

  it('knows no namespace by a bad name where there is nothing to fill', () => {
    const { namespace, subject } = decode({ operation: 'DELETE', namespace: '../x' });
    expect([namespace, subject]).to.deep.equal(['', undefined]);
  });

  it('survives a body that is nested 20,000 deep', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expectRefusal(Buffer.from(deep), noReview);
    const text = JSON.stringify(reviewOf({ spec: { containers: [], x: 'deep' } })).replace('"deep"', deep);
    expect(decodeReview(Buffer.from(text)).subject?.pod.spec.containers).to.deep.equal([]);
    const annotations = JSON.stringify(reviewOf({ metadata: { annotations: { a: 'deep' } }, spec: {} }));
    expectRefusal(
      Buffer.from(annotations.replace('"deep"', deep)),
      'request.object is not a Pod: metadata.annotations.a is a list, not a string',
    );
  });

  it('throws nothing but a RequestError of one sentence, whatever the bytes', () => {
    const reviews = pods.map((one) => reviewOf(one));
    const truncated = fc
      .tuple(reviews, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([one, share]) => bytesOf(one).subarray(0, Math.floor(bytesOf(one).length * share)));
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.jsonValue().map(bytesOf),
      mutated(reviews).map(bytesOf),
      mutated(mutated(reviews)).map(bytesOf),
      truncated,
    );
    fc.assert(
      fc.property(bodies, (body) => {
        try {
          decodeReview(body);
        } catch (error) {
          expect(error).to.be.instanceOf(RequestError);
          const { status, stage, message } = error as RequestError;
          expect([status, stage]).to.deep.equal([400, 'decode']);
          expect(message).to.match(/^(the body|the AdmissionReview|request\.)[^\n]+$/);
        }
      }),
      runs,
    );
  });
});

function expectRefusal(body: Buffer, message: string): void {
  expect(() => decodeReview(body))
    .to.throw(RequestError)
    .that.includes({ status: 400, stage: 'decode', message });
}

describe('encodeReview', () => {
  it('answers allowed and nothing else when there is nothing to say', () => {
    expect(JSON.parse(encodeReview(uid, { operations: [], warnings: [], auditAnnotations: {} }))).to.deep.equal({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid, allowed: true },
    });
  });

  it('answers with a base64 JSONPatch, warnings and audit annotations', () => {
    const operations = [{ op: 'add', path: '/spec/x', value: '…' }] as const;
    const { response } = JSON.parse(
      encodeReview(uid, { operations, warnings: ['careful'], auditAnnotations: { policy: 'restricted:latest fill' } }),
    );
    expect(response).to.deep.equal({
      uid,
      allowed: true,
      patchType: 'JSONPatch',
      patch: 'W3sib3AiOiJhZGQiLCJwYXRoIjoiL3NwZWMveCIsInZhbHVlIjoi4oCmIn1d',
      warnings: ['careful'],
      auditAnnotations: { policy: 'restricted:latest fill' },
    });
    expect(Buffer.from(response.patch, 'base64').toString()).to.equal('[{"op":"add","path":"/spec/x","value":"…"}]');
  });
});
