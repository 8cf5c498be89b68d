import { expect } from 'chai';
import { checkPatch } from '../../src/admission/selfCheck.ts';
import type { AddOperation } from '../../src/policy/patch.ts';
import type { Pod } from '../../src/policy/pod.ts';
import { deepFreeze } from '../pods.ts';

const pod: Pod = deepFreeze({
  metadata: { annotations: { a: 'b' } },
  spec: { containers: [{ name: 'app', securityContext: { capabilities: { drop: ['NET_RAW'] } } }] },
});
const path = '/spec/containers/0/securityContext/capabilities/drop';
const intended: Pod = {
  metadata: { annotations: { a: 'b' } },
  spec: { containers: [{ name: 'app', securityContext: { capabilities: { drop: ['NET_RAW', 'ALL'] } } }] },
};
const differs = 'the patch does not make the pod that was intended';

function add(to: string, value: unknown): AddOperation {
  return { op: 'add', path: to, value };
}

describe('checkPatch', () => {
  it('accepts the patch that makes the intended pod, and leaves the pod as it was', () => {
    checkPatch(pod, [add(`${path}/1`, 'ALL')], intended);
    expect(pod.spec.containers[0]?.securityContext?.capabilities?.drop).to.deep.equal(['NET_RAW']);
  });

  it('accepts no operations for the pod itself', () => {
    checkPatch(pod, [], pod);
  });

  it('accepts operations on keys that are escaped', () => {
    checkPatch(pod, [add('/metadata/annotations/a~1b~0c', 'x')], {
      ...pod,
      metadata: { annotations: { a: 'b', 'a/b~c': 'x' } },
    });
  });

  it('leaves the pod as it was also below a key that is escaped', () => {
    const odd = deepFreeze({ ...pod, 'a/b~c': { d: {} } });
    checkPatch(odd, [add('/a~1b~0c/d/e', 1)], { ...pod, 'a/b~c': { d: { e: 1 } } } as Pod);
  });

  it('throws when a parent is missing', () => {
    expect(() => checkPatch(pod, [add('/spec/securityContext/runAsNonRoot', true)], intended)).to.throw();
  });

  it('throws when an index is behind the end of its list', () => {
    expect(() => checkPatch(pod, [add(`${path}/2`, 'ALL')], intended)).to.throw();
    expect(() => checkPatch(pod, [add('/spec/containers/1/securityContext', {})], intended)).to.throw();
  });

  it('throws when a value is not the intended one', () => {
    expect(() => checkPatch(pod, [add(`${path}/1`, 'all')], intended)).to.throw(differs);
  });

  it('throws when an operation is missing or too many', () => {
    expect(() => checkPatch(pod, [], intended)).to.throw(differs);
    const both = [add(`${path}/1`, 'ALL'), add('/spec/hostUsers', false)];
    expect(() => checkPatch(pod, both, intended)).to.throw(differs);
  });

  it('throws when a member is put before the one that was there', () => {
    expect(() => checkPatch(pod, [add(`${path}/0`, 'ALL')], intended)).to.throw(differs);
  });

  it('throws when the kind of operation is unknown', () => {
    const broken = { op: 'append', path: `${path}/1`, value: 'ALL' } as unknown as AddOperation;
    expect(() => checkPatch(pod, [broken], intended)).to.throw();
  });
});
