import { datasource, type Panel } from './panels.ts';
import { rows } from './rows.ts';

/** The dashboard as Grafana imports it, in JSON. */
export function dashboardJson(): string {
  return `${JSON.stringify(dashboard(), undefined, 2)}\n`;
}

/** Every query of the dashboard with the title of its panel, the variables of Grafana replaced as given. */
export function dashboardQueries(
  variables: Readonly<Record<string, string>>,
): readonly { readonly title: string; readonly expr: string }[] {
  const filled = (expr: string) => expr.replace(/\$(\w+)/g, (_, name: string) => variables[name] ?? `$${name}`);
  return rows.flatMap(({ panels }) =>
    panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr: filled(expr) }))),
  );
}

function dashboard() {
  return {
    uid: 'pod-hardener',
    title: 'pod-hardener',
    description: 'What pod-hardener fills in pods, what it leaves and why, and whether it is well.',
    tags: ['pod-hardener', 'security', 'kubernetes'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '1m',
    time: { from: 'now-24h', to: 'now' },
    timezone: 'browser',
    links: [],
    annotations: { list: [] },
    templating: { list: variables() },
    panels: placed(),
  };
}

/** `.*` stands for all, so that a label that the series do not have, as `cluster` with one cluster, matches as well. */
function variables(): readonly object[] {
  const list = ['cluster', 'namespace', 'job'].map((name, index, names) => {
    const others = names.slice(0, index).map((other) => `${other}=~"$${other}"`);
    const query = `label_values(pod_hardener_build_info${others.length > 0 ? `{${others.join(', ')}}` : ''}, ${name})`;
    return {
      ...{ type: 'query', name, label: name, datasource, definition: query, query: { query, refId: name } },
      ...{ refresh: 2, sort: 1, multi: true, includeAll: true, allValue: '.*' },
      current: { text: ['All'], value: ['$__all'] },
    };
  });
  return [{ type: 'datasource', name: 'datasource', label: 'data source', query: 'prometheus', refresh: 1 }, ...list];
}

/** The panels of each row from left to right, and on a new line where the next would not fit. */
function placed(): readonly object[] {
  const all: object[] = [];
  let y = 0;
  const add = (panel: object) => all.push({ id: all.length + 1, ...panel });
  for (const { title, panels } of rows) {
    add({ type: 'row', title, collapsed: false, panels: [], gridPos: { x: 0, y, w: 24, h: 1 } });
    y += 1;
    let [x, lineHeight] = [0, 0];
    for (const panel of panels) {
      if (x + panel.width > 24) [x, y, lineHeight] = [0, y + lineHeight, 0];
      add(at(panel, x, y));
      [x, lineHeight] = [x + panel.width, Math.max(lineHeight, panel.height)];
    }
    y += lineHeight;
  }
  return all;
}

function at({ width, height, ...panel }: Panel, x: number, y: number): object {
  return { ...panel, datasource, gridPos: { x, y, w: width, h: height } };
}
