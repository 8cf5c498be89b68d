import { expect } from 'chai';
import { createLocator } from '../../src/commands/locator.ts';
import { planFiles } from '../../src/commands/plan.ts';
import type { Path } from '../../src/policy/path.ts';

const text = `\uFEFF# a comment
kind: Pod
spec:
  containers:
  - name: one
...
---
kind: PodList
items:
- spec: {containers: [{name: two, securityContext: {}}]}
- metadata: {name: three}
  spec:
    securityContext: &own
      runAsUser: 0
    containers:
    - name: three
      securityContext: *own
`;

describe('the locator', () => {
  const source = { name: 'a.yaml', text: text.replaceAll('\n', '\r\n') };
  const [file] = planFiles([source], { profile: 'restricted', records: [] });
  const locate = createLocator(source);
  const place = (template: number, path: Path) => {
    const planned = file?.outcomes[template];
    const { line, column } = planned ? locate(planned.place, path) : { line: 0, column: 0 };
    return `${line}:${column}`;
  };
  const user: Path = ['spec', 'containers', 0, 'securityContext', 'runAsUser'];

  it('finds a field where it stands, also behind an alias', () => {
    expect([place(2, ['spec', 'securityContext', 'runAsUser']), place(2, user)]).to.deep.equal(['14:7', '14:7']);
  });

  it('finds where a field would go, in the last thing above it that is there', () => {
    expect([place(0, user), place(1, user), place(1, ['spec', 'securityContext', 'x'])]).to.deep.equal([
      '5:5',
      '10:35',
      '10:3',
    ]);
  });

  it('counts no byte order mark', () => {
    const marked = { name: 'b.yaml', text: '\uFEFF{spec: {containers: [{name: a}]}}\n' };
    const [planned] = planFiles([marked], { profile: 'restricted', records: [] })[0]?.outcomes ?? [];
    expect(planned && createLocator(marked)(planned.place, ['spec'])).to.deep.equal({ line: 1, column: 2 });
  });

  it('counts from the beginning of the file in each value of a stream of JSON', () => {
    const pod = (name: string) => `{"kind": "Pod",\r\n "spec": {"containers": [{"name": "${name}"}]}}`;
    const stream = { name: 'c.json', text: `\uFEFF${pod('one')}${pod('two')}\r\n\r\n${pod('three')}` };
    const [planned] = planFiles([stream], { profile: 'restricted', records: [] });
    const locateIn = createLocator(stream);
    const places = (path: Path) => planned?.outcomes.map((one) => Object.values(locateIn(one.place, path)).join(':'));
    expect(places(['spec'])).to.deep.equal(['2:2', '3:2', '6:2']);
    expect(places(['kind'])).to.deep.equal(['1:2', '2:45', '5:2']);
    expect(places(['spec', 'containers', 0])).to.deep.equal(['2:26', '3:26', '6:26']);
  });

  it('finds fields in any order', () => {
    expect([place(2, ['metadata']), place(0, ['spec']), place(2, ['metadata'])]).to.deep.equal(['11:3', '3:1', '11:3']);
  });
});
