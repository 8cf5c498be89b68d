import { expect } from 'chai';
import { dashboardJson, dashboardQueries } from '../../scripts/monitoring/dashboard.ts';

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Place;
  readonly targets?: readonly { readonly expr: string }[];
  readonly transformations?: readonly { readonly id: string; readonly options: Transformation }[];
  readonly fieldConfig?: { readonly defaults: Defaults; readonly overrides: readonly Override[] };
}

interface Transformation {
  readonly include?: { readonly names: readonly string[] };
  readonly renameByName?: Readonly<Record<string, string>>;
}

interface Defaults {
  readonly noValue?: string;
  readonly color?: { readonly mode: string };
  readonly mappings?: readonly { readonly type: string; readonly options: object }[];
  readonly custom?: { readonly minWidth?: number };
}

interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

/** In pixels: what a column of the grid has on a screen that is 1024 wide, and what a letter of a title takes at most. */
const [gridColumn, letter] = [41, 8];

describe('the dashboard', () => {
  const { panels, templating } = JSON.parse(dashboardJson()) as {
    readonly panels: readonly Panel[];
    readonly templating: { readonly list: readonly { readonly name: string }[] };
  };
  const shown = panels.filter(({ type }) => type !== 'row');

  it('has panels side by side, and none upon another', () => {
    const overlaps = ({ gridPos: a }: Panel, { gridPos: b }: Panel) =>
      a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    for (const [index, panel] of panels.entries()) {
      expect(panel.gridPos.x + panel.gridPos.w, panel.title).to.be.at.most(24);
      const others = panels.slice(index + 1).filter((other) => overlaps(panel, other));
      expect(
        others.map(({ title }) => title),
        panel.title,
      ).to.deep.equal([]);
    }
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
  });

  it('says in every panel what it shows, and what it means when there is nothing', () => {
    expect(shown).to.have.length.above(15);
    for (const { title, description = '', fieldConfig } of shown) {
      expect(description, title).to.match(/^.{10,}\.$/);
      expect(fieldConfig?.defaults.noValue, title).to.match(/./);
    }
  });

  it('uses the variables that it has, in every query that is asked of Prometheus', () => {
    const names = templating.list.map(({ name }) => name);
    expect(names).to.deep.equal(['datasource', 'cluster', 'namespace', 'job']);
    const left = dashboardQueries({
      __range: '1h',
      __interval: '5m',
      __rate_interval: '5m',
      cluster: '',
      namespace: '',
      job: '',
    });
    for (const { title, expr } of left) expect(expr, title).not.to.include('$');
    for (const { title, expr } of dashboardQueries({})) expect(expr, title).to.include('cluster=~"$cluster"');
  });

  it('gives every number the colour of its step, and none that is good or bad where there is no number', () => {
    const stats = shown.filter(({ type }) => type === 'stat');
    expect(stats).to.have.length.above(8);
    for (const { title, fieldConfig } of stats) {
      const { color, mappings = [], noValue } = fieldConfig?.defaults ?? {};
      expect(color, title).to.deep.equal({ mode: 'thresholds' });
      const ofNothing = mappings.filter(({ type }) => type === 'special').map(({ options }) => options);
      const grey = { text: noValue, color: '#767b85' };
      expect(ofNothing, title).to.deep.equal([{ match: 'null+nan', result: grey }]);
    }
  });

  it('takes silence for a number only where it counts replicas', () => {
    const invented = shown.filter(({ targets = [] }) => targets.some(({ expr }) => expr.includes('vector(')));
    expect(invented.map(({ title }) => title)).to.deep.equal(['Replicas']);
  });

  it('has titles that are whole on a narrow screen', () => {
    const tooLong = shown.filter(({ title, gridPos }) => title.length * letter > gridPos.w * gridColumn - 40);
    expect(tooLong.map(({ title }) => title)).to.deep.equal([]);
  });

  it('has tables whose last column is in sight on a narrow screen', () => {
    const tables = shown.filter(({ type }) => type === 'table');
    expect(tables).to.have.length.above(8);
    for (const { title, gridPos, fieldConfig, transformations = [] } of tables) {
      const { minWidth = 150 } = fieldConfig?.defaults.custom ?? {};
      const widths = (fieldConfig?.overrides ?? []).flatMap(({ properties }) => properties.map(({ value }) => value));
      const fixed = widths.reduce<number>((sum, width) => sum + Number(width), 0);
      const labels = transformations.flatMap(({ options }) => options.include?.names ?? []);
      const others = Math.max(labels.length, 2) - widths.length;
      expect(fixed + others * minWidth, title).to.be.within(100, gridPos.w * gridColumn - 24);
    }
  });

  it('gives a width only to columns that there are', () => {
    for (const { title, fieldConfig, transformations = [] } of shown.filter(({ type }) => type === 'table')) {
      const names = transformations.flatMap(({ options }) => Object.values(options.renameByName ?? {}));
      const overridden = (fieldConfig?.overrides ?? []).map(({ matcher }) => matcher.options);
      expect(overridden, title).to.have.length.above(0);
      expect(names, title).to.include.members(overridden);
    }
  });
});
