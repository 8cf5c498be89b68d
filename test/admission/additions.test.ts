import { expect } from 'chai';
import { parse } from 'yaml';
import { additionsFor } from '../../src/admission/additions.ts';
import { harden } from '../../src/policy/harden.ts';
import { allTargets } from '../../src/policy/targets.ts';
import { containerOf, type Json, podOf } from '../pods.ts';
import { policyFor } from '../requests.ts';

/** What is to be added to a pod of the container, on lines of so many characters. */
function additions(container: Json, keys: Readonly<Record<string, string>>, limit = 106): readonly string[] {
  const pod = podOf([container]);
  const { controls, values } = policyFor('restricted', keys);
  return additionsFor(harden(pod, allTargets(pod), controls, values).changes, limit);
}

const done = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };

describe('additionsFor', () => {
  it('says what belongs to the pod, and what to a container', () => {
    expect(additions(containerOf('app'), { controls: '+hostUsers', 'fs-group': '2000' })).to.deep.equal([
      "add to the pod's spec: securityContext: {seccompProfile: {type: RuntimeDefault}, fsGroup: 2000}",
      "add to the pod's spec: securityContext: {fsGroupChangePolicy: OnRootMismatch}",
      "add to the pod's spec: hostUsers: false",
      'add securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}',
    ]);
  });

  it('takes as many lines as are needed, each of them YAML', () => {
    const lines = additions(containerOf('app'), { 'run-as-user': '1000', 'run-as-group': '3000' });
    expect(lines.slice(1)).to.deep.equal([
      'add securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}',
      'add securityContext: {runAsUser: 1000, runAsGroup: 3000}',
    ]);
    expect(lines.slice(1).map((line) => parse(line.slice('add '.length)))).to.deep.equal([
      { securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
      { securityContext: { runAsUser: 1000, runAsGroup: 3000 } },
    ]);
  });

  it('quotes what YAML would read as something else', () => {
    const [line = ''] = additions(containerOf('app', done), { 'seccomp-profile': 'Localhost/a: {b}.json' });
    expect(line).to.equal(
      'add to the pod\'s spec: securityContext: {seccompProfile: {type: Localhost, localhostProfile: "a: {b}.json"}}',
    );
    expect(parse(line.slice("add to the pod's spec: ".length))).to.deep.equal({
      securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'a: {b}.json' } },
    });
  });

  it('leaves out what belongs behind an author’s own list, and what needs volumes', () => {
    const container = containerOf('app', { ...done, capabilities: { drop: ['NET_RAW'] } });
    expect(additions(container, { controls: '+readOnlyRootFilesystem,-seccompProfile' })).to.deep.equal([]);
  });

  it('is nothing for no changes', () => expect(additionsFor([], 100)).to.deep.equal([]));
});
