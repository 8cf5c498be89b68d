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
  readonly fieldConfig?: { readonly defaults: { readonly noValue?: string } };
}

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
});
