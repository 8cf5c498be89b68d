import { expect } from 'chai';
import { findingsOf, type LocatedTemplate, positionsOf } from '../../src/output/findings.ts';
import type { Change, Left } from '../../src/policy/harden.ts';
import { objecting, templateOf } from './templates.ts';

const change: Change = {
  control: 'runAsNonRoot',
  path: ['spec', 'containers', 0, 'securityContext', 'runAsNonRoot'],
  value: true,
  scope: 'container',
  container: 'app',
  mode: 'fill',
};
const left: Left = { control: 'fsGroup', path: ['spec', 'securityContext', 'fsGroup'], reason: 'windows' };

const listed = (template: LocatedTemplate) =>
  findingsOf([template]).map(({ severity, text }) => `${severity}: ${text}`);

describe('the findings', () => {
  it('are errors, then warnings, then notes', () => {
    const template = templateOf({ after: objecting(), filled: [change], left: [left] });
    expect(listed(template)).to.deep.equal([
      'error: Pod/a does not pass restricted: host namespaces (hostNetwork=true)',
      'warning: Pod/a: fsGroup on the pod is left as it is (windows): The pod is for Windows, where the API server ' +
        'refuses most fields; beside a HostProcess container nothing is filled at all.',
      'note: Pod/a: runAsNonRoot on container "app" is not set; pod-hardener fills in true',
    ]);
  });

  it('are none where nothing is asked', () => {
    expect(listed(templateOf({ isAsked: false, after: objecting(), left: [left], filled: [change] }))).to.deep.equal(
      [],
    );
  });

  it('tell of a field once: why it was left is part of what is objected to', () => {
    const ofOne = [
      { ...left, control: 'hostNamespaces' },
      { ...left, control: 'hostNamespaces', container: 'app' },
    ];
    expect(listed(templateOf({ version: 'v1.30', after: objecting(), left: ofOne }))).to.deep.equal([
      'error: Pod/a does not pass restricted v1.30: host namespaces (hostNetwork=true); ' +
        'left on the pod: windows, on container "app": windows',
    ]);
  });

  it('tell what a list lacks, and what a mode leaves undone', () => {
    const added: Change = { ...change, control: 'capabilities', path: ['spec', 'drop', 1], value: 'ALL' };
    const wouldFill = [
      { ...change, mode: 'audit' as const },
      { ...added, mode: 'warn' as const },
    ];
    expect(listed(templateOf({ filled: [added], wouldFill }))).to.deep.equal([
      'note: Pod/a: capabilities on container "app" lacks "ALL", which pod-hardener adds',
      'note: Pod/a: runAsNonRoot on container "app" is not set and is left so in the mode audit',
      'note: Pod/a: capabilities on container "app" lacks "ALL" and is left so in the mode warn',
    ]);
  });

  it('have the positions of their fields, each once', () => {
    const positionOf: LocatedTemplate['positionOf'] = (path) => ({
      line: path.at(-1) === 'hostPID' ? 4 : 2,
      column: 3,
    });
    const pod = { spec: { hostNetwork: true, hostPID: true, hostIPC: true, containers: [{ name: 'app' }] } };
    const [finding] = findingsOf([templateOf({ after: objecting(), pod, positionOf })]);
    expect(finding && positionsOf(finding)).to.deep.equal([
      { line: 2, column: 3 },
      { line: 4, column: 3 },
    ]);
  });
});
