import { expect } from 'chai';
import { applyChanges } from '../../src/policy/apply.ts';
import { toJsonPatch } from '../../src/policy/patch.ts';

describe('toJsonPatch', () => {
  const path = ['spec', 'securityContext', 'runAsNonRoot'];

  it('adds a member to a parent that is there', () => {
    expect(toJsonPatch({ spec: { securityContext: {} } }, [{ path, value: true }])).to.deep.equal([
      { op: 'add', path: '/spec/securityContext/runAsNonRoot', value: true },
    ]);
  });

  it('adds a member where null stands', () => {
    expect(toJsonPatch({ spec: { securityContext: { runAsNonRoot: null } } }, [{ path, value: true }])).to.deep.equal([
      { op: 'add', path: '/spec/securityContext/runAsNonRoot', value: true },
    ]);
  });

  it('adds a missing parent with the member in it', () => {
    expect(toJsonPatch({ spec: {} }, [{ path, value: true }])).to.deep.equal([
      { op: 'add', path: '/spec/securityContext', value: { runAsNonRoot: true } },
    ]);
  });

  it('adds a parent over null with the member in it', () => {
    expect(toJsonPatch({ spec: { securityContext: null } }, [{ path, value: true }])).to.deep.equal([
      { op: 'add', path: '/spec/securityContext', value: { runAsNonRoot: true } },
    ]);
  });

  it('adds a chain of missing parents from the first on', () => {
    expect(toJsonPatch({}, [{ path: ['a', 'b', 'c'], value: 1 }])).to.deep.equal([
      { op: 'add', path: '/a', value: { b: { c: 1 } } },
    ]);
  });

  it('adds one missing parent once, with several members and the parents below it', () => {
    const document = { spec: { containers: [{ name: 'app' }] } };
    const place = ['spec', 'containers', 0, 'securityContext'];
    const assignments = [
      { path: [...place, 'runAsNonRoot'], value: true },
      { path: [...place, 'capabilities', 'drop'], value: ['ALL'] },
      { path: ['spec', 'securityContext', 'fsGroup'], value: 2000 },
      { path: [...place, 'capabilities', 'add'], value: [] },
    ];
    expect(toJsonPatch(document, assignments)).to.deep.equal([
      {
        op: 'add',
        path: '/spec/containers/0/securityContext',
        value: { runAsNonRoot: true, capabilities: { drop: ['ALL'], add: [] } },
      },
      { op: 'add', path: '/spec/securityContext', value: { fsGroup: 2000 } },
    ]);
  });

  it('leaves a value that it exchanges as it was given, also where more goes below it', () => {
    const given = Object.freeze({});
    const assignments = [
      { path: ['a'], value: given },
      { path: ['a', 'b'], value: 1 },
    ];
    expect(toJsonPatch({ a: { c: 2 } }, assignments)).to.deep.equal([
      { op: 'add', path: '/a', value: {} },
      { op: 'add', path: '/a/b', value: 1 },
    ]);
  });

  it('adds to the end of a list by the index behind its last member', () => {
    expect(toJsonPatch({ drop: ['NET_RAW'] }, [{ path: ['drop', 1], value: 'ALL' }])).to.deep.equal([
      { op: 'add', path: '/drop/1', value: 'ALL' },
    ]);
  });

  it('adds a missing or null list whole, with what goes below its members', () => {
    const volume = (index: number) => ({ path: ['spec', 'volumes', index, 'name'], value: `v${index}` });
    const value = [{ name: 'v0' }, { name: 'v1' }];
    for (const spec of [{}, { volumes: null }]) {
      expect(toJsonPatch({ spec }, [volume(0), volume(1)])).to.deep.equal([
        { op: 'add', path: '/spec/volumes', value },
      ]);
    }
    expect(toJsonPatch({}, [volume(0), volume(1)])).to.deep.equal([
      { op: 'add', path: '/spec', value: { volumes: value } },
    ]);
  });

  it('escapes the tilde before the slash', () => {
    const document = { metadata: { annotations: {} } };
    const assignments = [{ path: ['metadata', 'annotations', 'pod-hardener.io/a~b~1'], value: '' }];
    expect(toJsonPatch(document, assignments)).to.deep.equal([
      { op: 'add', path: '/metadata/annotations/pod-hardener.io~1a~0b~01', value: '' },
    ]);
  });

  it('is empty for no assignments', () => {
    expect(toJsonPatch({ spec: {} }, [])).to.deep.equal([]);
  });
});

describe('applyChanges', () => {
  it('returns the document itself for no assignments', () => {
    const document = { spec: {} };
    expect(applyChanges(document, [])).to.equal(document);
  });

  it('makes missing parents, and keeps what stands beside', () => {
    const document = { spec: { containers: [{ name: 'app', securityContext: null }] }, status: {} };
    expect(
      applyChanges(document, [
        { path: ['spec', 'containers', 0, 'securityContext', 'capabilities', 'drop'], value: ['ALL'] },
      ]),
    ).to.deep.equal({
      spec: { containers: [{ name: 'app', securityContext: { capabilities: { drop: ['ALL'] } } }] },
      status: {},
    });
  });

  it('makes missing lists', () => {
    expect(applyChanges({ a: null }, [{ path: ['a', 'list', 0, 'name'], value: 'x' }])).to.deep.equal({
      a: { list: [{ name: 'x' }] },
    });
  });

  it('leaves the document untouched and shares what did not change', () => {
    const document = Object.freeze({ a: Object.freeze({ x: 1 }), b: Object.freeze({ y: Object.freeze([]) }) });
    const result = applyChanges<{ a: object; b: object }>(document, [{ path: ['a', 'z'], value: 2 }]);
    expect(result).to.deep.equal({ a: { x: 1, z: 2 }, b: { y: [] } });
    expect(result.b).to.equal(document.b);
    expect(document).to.deep.equal({ a: { x: 1 }, b: { y: [] } });
  });

  it('throws where a value that is no object stands in the way', () => {
    expect(() => applyChanges({ a: 'text' }, [{ path: ['a', 'b'], value: 1 }])).to.throw(TypeError);
  });
});
