import { expect } from 'chai';
import { createPaint } from '../../src/output/paint.ts';
import { outcomeLines, summaryLine, type TemplateOutcome } from '../../src/output/summary.ts';
import { wrap } from '../../src/output/wrap.ts';
import type { Change, Left } from '../../src/policy/harden.ts';

const change: Change = {
  control: 'runAsNonRoot',
  path: ['spec'],
  value: true,
  scope: 'container',
  container: 'app',
  mode: 'fill',
};
const left = (control: string, container?: string): Left => ({
  control,
  path: ['spec'],
  reason: 'set-by-author',
  ...(container !== undefined && { container }),
});

function outcome(members: Partial<TemplateOutcome>): TemplateOutcome {
  return { title: 'Pod/demo', optedIn: true, filled: [], wouldFill: [], left: [], ...members };
}

const linesOf = (members: Partial<TemplateOutcome>) => outcomeLines(outcome(members), createPaint(false));

describe('outcomeLines', () => {
  it('counts what was filled, and says of each field what it means', () => {
    const { container: _, ...onPod } = { ...change, control: 'seccompProfile' };
    expect(linesOf({ filled: [change] })).to.deep.equal([
      'Pod/demo: 1 field filled',
      '  runAsNonRoot on app: No container runs as root',
    ]);
    expect(linesOf({ filled: [onPod, change, { ...change, container: 'agent' }, change] })).to.deep.equal([
      'Pod/demo: 4 fields filled',
      '  seccompProfile on the pod: Only the system calls of a profile may be made',
      '  runAsNonRoot on app, agent: No container runs as root',
    ]);
  });

  it('keeps to the width of the terminal', () => {
    const filled = ['a-container', 'another-container', 'the-third-one'].map((container) => ({ ...change, container }));
    const lines = outcomeLines(outcome({ filled, left: [left('capabilities', 'one-more')] }), createPaint(false), 40);
    expect(lines.join('\n')).to.equal(`Pod/demo: 3 fields filled
  runAsNonRoot on a-container,
    another-container, the-third-one: No
    container runs as root
  left one-more: capabilities
    (set-by-author)`);
  });

  it('lets no name end or garble a line', () => {
    const lines = linesOf({
      title: 'Pod/a\nb',
      filled: [{ ...change, container: 'c\u001bd' }],
      left: [left('x', 'e\rf')],
    });
    expect(lines).to.deep.equal([
      'Pod/a?b: 1 field filled',
      '  runAsNonRoot on c?d: No container runs as root',
      '  left e?f: x (set-by-author)',
    ]);
  });

  it('says why nothing was filled', () => {
    expect(linesOf({})).to.deep.equal(['Pod/demo: nothing to fill']);
    expect(linesOf({ optedIn: false })).to.deep.equal(['Pod/demo: left as it is: its namespace is not opted in']);
  });

  it('has a line for every place and reason', () => {
    const leaves = [left('runAsNonRoot', 'app'), left('seccompProfile'), left('capabilities', 'app')];
    expect(linesOf({ left: leaves })).to.deep.equal([
      'Pod/demo: left as it is',
      '  left app: runAsNonRoot, capabilities (set-by-author)',
      '  left the pod: seccompProfile (set-by-author)',
    ]);
  });

  it('says what a mode leaves undone', () => {
    expect(linesOf({ wouldFill: [{ ...change, mode: 'warn' }] })).to.deep.equal([
      'Pod/demo: left as it is',
      '  would fill app: runAsNonRoot (warn)',
    ]);
  });
});

describe('summaryLine', () => {
  it('counts the templates and their fields', () => {
    const filled = outcome({ filled: [change, change] });
    expect(summaryLine([filled, outcome({}), filled])).to.equal('3 templates: 2 filled (4 fields), 1 left as it is');
    expect(summaryLine([filled])).to.equal('1 template: 1 filled (2 fields)');
    expect(summaryLine([outcome({}), outcome({})])).to.equal('2 templates: 2 left as they are');
    expect(summaryLine([])).to.equal('no pod or pod template');
  });
});

describe('wrap', () => {
  it('breaks between words before column 81', () => {
    const lines = wrap('word '.repeat(40).trim(), '  ', '    ').split('\n');
    expect(lines.map(({ length }) => length)).to.deep.equal([76, 78, 53]);
    expect(wrap('x'.repeat(100), '  ', '    ')).to.equal(`  ${'x'.repeat(100)}`);
  });
});
