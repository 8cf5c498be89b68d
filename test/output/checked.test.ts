import { expect } from 'chai';
import { type CheckedTemplate, checkSummary, type Filling, verdictOf } from '../../src/output/checked.ts';
import { checkReport } from '../../src/output/checkReport.ts';
import { checkTable } from '../../src/output/checkTable.ts';
import { checkText } from '../../src/output/checkText.ts';
import { createPaint } from '../../src/output/paint.ts';
import type { Judgement } from '../../src/policy/evaluate.ts';

const violation = { control: 'hostNamespaces', reason: 'host namespaces', detail: 'hostNetwork=true' };
const good: Judgement = { level: 'restricted', violations: { privileged: [], baseline: [], restricted: [] } };
const bad: Judgement = {
  level: 'privileged',
  violations: { privileged: [], baseline: [violation], restricted: [violation] },
};
const filling = (after: Judgement): Filling => ({ after, filled: [], wouldFill: [], left: [] });

function template(members: Partial<CheckedTemplate> = {}): CheckedTemplate {
  const place = { file: 'a.yaml', title: 'Pod/a', kind: 'Pod', name: 'a', namespace: '', template: '' };
  return {
    ...place,
    level: 'restricted',
    version: 'latest',
    isAsked: true,
    before: good,
    filling: filling(good),
    ...members,
  };
}

const passes = template();
const filled = template({ before: bad });
const fails = template({ before: bad, filling: filling(bad) });
const unasked = template({ level: 'privileged', isAsked: false, before: bad, filling: filling(bad) });
const asItIs: CheckedTemplate = { ...passes, before: bad };
const { filling: _, ...unfilled } = asItIs;

describe('verdictOf', () => {
  it('tells how it ended', () => {
    expect([passes, filled, fails, unasked, unfilled].map(verdictOf)).to.deep.equal([
      'passes',
      'filled',
      'fails',
      '-',
      'fails',
    ]);
  });

  it('depends on the level that is asked for', () => {
    expect(verdictOf({ ...fails, level: 'privileged' })).to.equal('passes');
  });
});

describe('checkSummary', () => {
  const summary = (...groups: readonly (readonly [number, CheckedTemplate])[]) =>
    checkSummary(groups.flatMap(([number, one]) => Array.from({ length: number }, () => one)));

  it('counts the templates by their verdicts', () => {
    expect(summary([3, passes], [8, filled], [1, fails])).to.equal(
      '12 templates: 3 pass as they are, 8 pass once filled, 1 does not',
    );
    expect(summary([1, passes], [1, filled], [2, fails])).to.equal(
      '4 templates: 1 passes as it is, 1 passes once filled, 2 do not',
    );
    expect(summary([1, passes], [2, unasked])).to.equal(
      '3 templates: 1 passes as it is, 2 are in namespaces that are not opted in',
    );
  });

  it('makes a sentence of what stands alone', () => {
    expect(summary([1, fails])).to.equal('1 template: 1 does not pass');
    expect(summary([2, fails], [1, unasked])).to.equal(
      '3 templates: 2 do not pass, 1 is in a namespace that is not opted in',
    );
    expect(summary()).to.equal('no pod or pod template');
  });
});

describe('checkReport', () => {
  const headOf = (...checked: readonly CheckedTemplate[]) => {
    const { level, version } = checkReport(checked);
    return `${level} ${version}`;
  };

  it('has the level and version that all templates share', () => {
    expect(headOf({ ...passes, level: 'baseline', version: 'v1.30' })).to.equal('baseline v1.30');
    expect(headOf()).to.equal('restricted latest');
  });

  it('has the strictest level and the newest version where they differ, and the own ones on the others', () => {
    const old = { ...passes, level: 'baseline', version: 'v1.9' } as const;
    const newer = { ...passes, version: 'v1.10' };
    expect(headOf(old, newer)).to.equal('restricted v1.10');
    expect(headOf(old, passes, newer)).to.equal('restricted latest');
    const owns = checkReport([old, newer]).results.map(({ level, version }) => ({ level, version }));
    expect(owns).to.deep.equal([
      { level: 'baseline', version: 'v1.9' },
      { level: undefined, version: undefined },
    ]);
  });

  it('has the level and version that were asked for where there is no template', () => {
    const { level, version, results } = checkReport([], { level: 'baseline', version: 'v1.20' });
    expect({ level, version, results }).to.deep.equal({ level: 'baseline', version: 'v1.20', results: [] });
  });
});

describe('checkTable', () => {
  const table = (...checked: readonly CheckedTemplate[]) => checkTable(checked, createPaint(false));

  it('puts the rows of a file below its name', () => {
    expect(table(passes, filled, { ...passes, file: 'b.yaml' })).to.equal(
      'a.yaml\n  passes  restricted               Pod/a\n  filled  privileged → restricted  Pod/a\n\n' +
        'b.yaml\n  passes  restricted               Pod/a\n\n3 templates: 2 pass as they are, 1 passes once filled\n',
    );
  });

  it('names the version that a template fails, but for the latest', () => {
    expect(table({ ...fails, version: 'v1.30' })).to.include('Pod/a in a.yaml does not pass restricted v1.30:\n');
    expect(table(fails)).to.include('Pod/a in a.yaml does not pass restricted:\n');
  });

  it('stays within 80 columns', () => {
    const title = `RayCluster/${'long-'.repeat(6)}name spec.workerGroupSpecs[0].template`;
    const detail = `containers ${Array.from({ length: 12 }, (_, index) => `"container-${index}"`).join(', ')}`;
    const after = { ...bad, violations: { ...bad.violations, restricted: [{ ...violation, detail }] } };
    const lines = table(template({ title, before: bad, filling: filling(after) })).split('\n');
    expect(lines.filter(({ length }) => length > 80)).to.deep.equal([]);
    expect(lines.length).to.be.greaterThan(8);
  });

  it('lets no name end or garble a line', () => {
    expect(table({ ...passes, title: 'Pod/\u001b[2Ja\nb' })).to.include('  Pod/?[2Ja?b\n');
  });
});

describe('checkText', () => {
  it('has a line for each objection, whatever the names are', () => {
    expect(checkText([passes, unasked, { ...fails, title: 'Pod/a\nb' }])).to.equal(
      'a.yaml: Pod/a?b: host namespaces (hostNetwork=true)\n',
    );
  });
});
