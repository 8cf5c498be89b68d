import { expect } from 'chai';
import fc from 'fast-check';
import {
  decodeNamespaceReview,
  decodeWorkloadReview,
  encodeAdvice,
  uidAtStart,
} from '../../src/admission/adviceReview.ts';
import { RequestError } from '../../src/admission/errors.ts';
import { mutated, runs } from '../arbitraries.ts';
import type { Json } from '../pods.ts';
import { bytesOf, reviewOf } from '../requests.ts';

const uid = '705ab4f5-6393-11e8-b7cc-42010a800002';

function namespaceReview(object: unknown, request: Json = {}): Buffer {
  const about = { kind: { kind: 'Namespace' }, resource: { group: '', version: 'v1', resource: 'namespaces' } };
  return bytesOf(reviewOf(object, { ...about, name: 'team', ...request }));
}

function workloadReview(object: unknown, request: Json = {}): Buffer {
  const about = { kind: { kind: 'Deployment' }, resource: { group: 'apps', version: 'v1', resource: 'deployments' } };
  return bytesOf(reviewOf(object, { ...about, name: 'web', ...request }));
}

function namespaceOf(labels: Json = {}, annotations: Json = {}): Json {
  return { kind: 'Namespace', metadata: { name: 'team', labels, annotations } };
}

const template = (name: string, more: Json = {}): Json => ({
  metadata: null,
  spec: { containers: [{ name }], ...more },
});
const deployment = (of: Json, metadata: Json = {}): Json => ({ metadata, spec: { replicas: 1, template: of } });

/** The labels and the first containers of the templates that advice is asked about. */
function templatesOf(body: Buffer): readonly string[] {
  return decodeWorkloadReview(body).templates.map(({ label, pod }) => `${label}/${pod.spec.containers[0]?.name}`);
}

function complaintAbout(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof RequestError) return `${error.status} ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('decodeNamespaceReview', () => {
  it('returns the namespace of a request to create one', () => {
    expect(decodeNamespaceReview(namespaceReview(namespaceOf({ a: '1' }, { b: '2' })))).to.deep.equal({
      ...{ uid, dryRun: false, kind: 'Namespace', name: 'team' },
      after: { name: 'team', labels: { a: '1' }, annotations: { b: '2' } },
    });
  });

  it('returns the namespace and the one before of a request to change it', () => {
    const review = namespaceReview(namespaceOf({ a: '1' }), {
      ...{ operation: 'UPDATE', oldObject: { metadata: { name: 'team', labels: null } }, dryRun: true },
    });
    expect(decodeNamespaceReview(review)).to.deep.equal({
      ...{ uid, dryRun: true, kind: 'Namespace', name: 'team' },
      after: { name: 'team', labels: { a: '1' }, annotations: {} },
      before: { name: 'team', labels: {}, annotations: {} },
    });
  });

  for (const [what, request] of [
    ['pods', { resource: { group: '', resource: 'pods' } }],
    ['a status', { subResource: 'status', operation: 'UPDATE' }],
    ['namespaces of another group', { resource: { group: 'x.example', resource: 'namespaces' } }],
    ['a namespace that is deleted', { operation: 'DELETE', object: null }],
  ] as const) {
    it(`returns no namespace of a request about ${what}`, () => {
      expect(decodeNamespaceReview(namespaceReview(namespaceOf(), request))).not.to.have.any.keys('after', 'before');
    });
  }

  it('keeps the name of a namespace that is none out of all that follows', () => {
    const odd = { metadata: { name: '../x', generateName: 'team-' } };
    expect(decodeNamespaceReview(namespaceReview(odd)).after?.name).to.equal('');
  });

  it('refuses what is no namespace', () => {
    const bad = 'its labels and annotations are not all strings';
    for (const [object, complaint] of [
      [null, '400 request.object is not a Namespace'],
      ['team', '400 request.object is not a Namespace'],
      [namespaceOf({ a: 1 }), `400 request.object is not a Namespace: ${bad}`],
      [{ metadata: { labels: ['a'] } }, `400 request.object is not a Namespace: ${bad}`],
    ] as const) {
      expect(complaintAbout(() => decodeNamespaceReview(namespaceReview(object)))).to.equal(complaint);
    }
    const update = namespaceReview(namespaceOf(), { operation: 'UPDATE', oldObject: null });
    expect(complaintAbout(() => decodeNamespaceReview(update))).to.equal('400 request.oldObject is not a Namespace');
    expect(complaintAbout(() => decodeNamespaceReview(Buffer.from('x')))).to.equal('400 the body is not JSON');
  });
});

describe('decodeWorkloadReview', () => {
  it('returns the template, whatever the kind', () => {
    const { templates, ...asked } = decodeWorkloadReview(workloadReview(deployment(template('app'))));
    expect(asked).to.deep.equal({ uid, dryRun: false, kind: 'Deployment', name: 'web', namespace: 'team' });
    expect(templates).to.deep.equal([{ label: '', pod: template('app') }]);
    expect(templatesOf(workloadReview({ kind: 'PodTemplate', template: template('app') }))).to.deep.equal(['/app']);
  });

  it('tells several templates apart by the shortest names that do', () => {
    const cluster = {
      headGroupSpec: { template: template('head') },
      workerGroupSpecs: [{ template: template('a') }, { template: template('b') }],
    };
    expect(templatesOf(workloadReview({ spec: { ...cluster } }))).to.deep.equal([
      'headGroupSpec/head',
      'workerGroupSpecs[0]/a',
      'workerGroupSpecs[1]/b',
    ]);
    expect(
      templatesOf(workloadReview({ spec: { rayClusterSpec: cluster, submitterPodTemplate: template('s') } })),
    ).to.include('submitterPodTemplate/s');
    const twice = {
      spec: { blue: { main: { template: template('a') } }, green: { main: { template: template('b') } } },
    };
    expect(templatesOf(workloadReview(twice))).to.deep.equal(['spec.blue.main/a', 'spec.green.main/b']);
  });

  it('returns only templates that have changed, by the names that they have among all', () => {
    const group = (name: string, more?: Json) => ({ template: template(name, more) });
    const before = { spec: { groups: [group('a'), group('b'), group('c')] } };
    const after = { spec: { groups: [group('a'), group('b', { hostPID: true }), group('c'), group('d')] } };
    const update = { operation: 'UPDATE', oldObject: before };
    expect(templatesOf(workloadReview(after, update))).to.deep.equal(['groups[1]/b', 'groups[3]/d']);
    expect(templatesOf(workloadReview({ ...before, metadata: { labels: {} } }, update))).to.deep.equal([]);
    expect(templatesOf(workloadReview(after, { operation: 'UPDATE', oldObject: null }))).to.have.length(4);
  });

  it('sees every difference, and none in the order of keys', () => {
    const [one, other] = [
      { a: [1, { b: null }], c: 'x' },
      { c: 'x', a: [1, { b: null }] },
    ];
    const changed = (to: Json, from: Json) =>
      templatesOf(
        workloadReview(deployment(template('app', to)), {
          ...{ operation: 'UPDATE', oldObject: deployment(template('app', from)) },
        }),
      ).length;
    expect(changed({ one }, { one: other })).to.equal(0);
    for (const [to, from] of [
      [{ x: 1 }, { x: 2 }],
      [{ x: 1 }, { x: '1' }],
      [{ x: null }, {}],
      [{ x: {} }, { x: [] }],
      [{ x: [1] }, { x: [1, 2] }],
      [{ x: { a: null } }, { x: { b: null } }],
      [{ x: null }, { x: {} }],
    ] as const) {
      expect(changed(to, from), JSON.stringify([to, from])).to.equal(1);
    }
  });

  it('returns no template of what a controller has made, but those of what only has an owner', () => {
    const owner = (controller?: boolean) => ({ ownerReferences: [null, { kind: 'X', controller }] });
    expect(templatesOf(workloadReview(deployment(template('app'), owner(true))))).to.deep.equal([]);
    expect(templatesOf(workloadReview(deployment(template('app'), owner(false))))).to.deep.equal(['/app']);
    expect(templatesOf(workloadReview(deployment(template('app'), owner())))).to.deep.equal(['/app']);
  });

  it('looks neither at metadata nor at the status, nor at a pod itself, nor at what is being deleted', () => {
    const elsewhere = { metadata: { template: template('a') }, status: { template: template('b') } };
    expect(templatesOf(workloadReview(elsewhere))).to.deep.equal([]);
    expect(templatesOf(workloadReview(template('pod')))).to.deep.equal([]);
    const gone = { operation: 'DELETE', oldObject: deployment(template('a')) };
    expect(templatesOf(workloadReview(null, gone))).to.deep.equal([]);
  });

  it('passes over what is no pod, and what is too much', () => {
    const wrong = template('app', { securityContext: 'none' });
    expect(templatesOf(workloadReview(deployment(wrong)))).to.deep.equal([]);
    const many = Array.from({ length: 201 }, (_, index) => ({ name: `c${index}` }));
    expect(templatesOf(workloadReview(deployment({ spec: { containers: many } })))).to.deep.equal([]);
    const groups = Array.from({ length: 40 }, () => ({ template: template('app') }));
    expect(templatesOf(workloadReview({ spec: { groups } }))).to.have.length(16);
  });

  it('refuses what is no object of a namespace', () => {
    for (const [object, request, complaint] of [
      [null, {}, '400 request.object is not an object'],
      [[], {}, '400 request.object is not an object'],
      [deployment(template('a')), { namespace: '../x' }, '400 request.namespace is not the name of a namespace'],
    ] as const) {
      expect(complaintAbout(() => decodeWorkloadReview(workloadReview(object, request)))).to.equal(complaint);
    }
  });

  it('throws nothing but a RequestError, whatever is made of a review', () => {
    const review = JSON.parse(workloadReview(deployment(template('app')), { operation: 'UPDATE' }).toString());
    for (const decode of [decodeWorkloadReview, decodeNamespaceReview]) {
      fc.assert(
        fc.property(mutated(fc.constant(review)), (value) => {
          expect(complaintAbout(() => decode(bytesOf(value)))).to.match(/^none$|^4\d\d [^\n]+$/);
        }),
        runs,
      );
    }
  });

  it('does not overflow the stack', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const template = `{"spec":{"template":{"spec":{"containers":[{"name":"app"}],"deep":${deep}}}}}`;
    const empty = bytesOf(reviewOf(0, { operation: 'UPDATE', oldObject: 0 })).toString();
    const updateOf = (object: string) => Buffer.from(empty.replace(/"(object|oldObject)":0/g, `"$1":${object}`));
    expect(templatesOf(updateOf(template))).to.deep.equal(['/app']);
    expect(templatesOf(updateOf(`{"spec":${deep}}`))).to.deep.equal([]);
  });
});

describe('uidAtStart', () => {
  const start = `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"${uid}","kind":{"group"`;

  it('is the uid of a review as an API server writes it', () => expect(uidAtStart(start)).to.equal(uid));

  it('is nothing for any other text, so that nobody else is answered for', () => {
    const other = [
      `x${start}`,
      start.replace('/v1', '/v2'),
      start.replace(uid, 'a\\"b'),
      start.replace('"uid"', '"name"'),
      '',
    ];
    expect(other.map(uidAtStart)).to.deep.equal(other.map(() => undefined));
  });
});

describe('encodeAdvice', () => {
  it('allows and warns, and does nothing else', () => {
    const response = (warnings: readonly string[]) => JSON.parse(encodeAdvice(uid, warnings)).response;
    expect(response(['a', 'b'])).to.deep.equal({ uid, allowed: true, warnings: ['a', 'b'] });
    expect(response([])).to.deep.equal({ uid, allowed: true });
  });
});
