/** One panel of a dashboard as Grafana reads it, but for its place. */
export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly targets: readonly Target[];
  readonly width: number;
  readonly height: number;
  readonly options: object;
  readonly fieldConfig: object;
  /** The least time between two points. */
  readonly interval?: string;
  readonly transformations?: readonly object[];
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant: boolean;
  readonly range: boolean;
  readonly format: 'time_series' | 'table';
  readonly datasource: object;
}

/** A query, and what its series are called in a graph. */
export type Query = readonly [expr: string, legend?: string];

interface About {
  readonly title: string;
  readonly about: string;
  readonly width?: number;
  /** Shown in place of the value when there is none. */
  readonly none: string;
  readonly unit?: string;
}

export const datasource = { type: 'prometheus', uid: '$' + '{datasource}' } as const;

/** A step of a scale: the colour from this value on. */
export type Step = readonly [color: string, from: number | null];

/** One number, in a colour that says whether it is good. */
export function stat(
  { title, about, none, unit = 'none', width = 4 }: About,
  expr: string,
  steps: readonly Step[],
  texts: Readonly<Record<string, string>> = {},
): Panel {
  const mappings = Object.entries(texts).map(([value, text]) => ({ type: 'value', options: { [value]: { text } } }));
  return {
    type: 'stat',
    title,
    description: about,
    width,
    height: 4,
    targets: targetsOf([[expr]], true, 'time_series'),
    options: { colorMode: 'background', graphMode: 'none', reduceOptions: { calcs: ['lastNotNull'] } },
    fieldConfig: fieldConfig({ unit, noValue: none, mappings, thresholds: thresholds(steps) }),
  };
}

/** Lines, or stacked bars of what was counted in `$__interval`, over time. */
export function graph(
  { title, about, none, unit = 'short', width = 12 }: About,
  queries: readonly Query[],
  bars = false,
): Panel {
  const lines = { lineWidth: 1, fillOpacity: 10, showPoints: 'never' };
  const stacked = { drawStyle: 'bars', fillOpacity: 80, lineWidth: 0, stacking: { mode: 'normal', group: 'A' } };
  return {
    type: 'timeseries',
    title,
    description: about,
    width,
    height: 8,
    // Long enough for several scrapes, so that each bar counts what happened since the one before.
    ...(bars && { interval: '5m' }),
    targets: targetsOf(queries, false, 'time_series'),
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    fieldConfig: fieldConfig({ unit, noValue: none, min: 0, custom: bars ? stacked : lines }),
  };
}

/** The labels of each series as columns, in the order of `columns`, and its value under the name `value`. */
export function table(
  { title, about, none, unit = 'none', width = 8 }: About,
  expr: string,
  columns: readonly string[],
  value: string,
): Panel {
  const order = Object.fromEntries([...columns, 'Value'].map((name, index) => [name, index]));
  return {
    type: 'table',
    title,
    description: about,
    width,
    height: 8,
    targets: targetsOf([[expr]], true, 'table'),
    options: { showHeader: true, sortBy: [{ displayName: value, desc: true }] },
    fieldConfig: fieldConfig({ unit, noValue: none, decimals: 0 }),
    transformations: [
      { id: 'filterFieldsByName', options: { include: { names: [...columns, 'Value'] } } },
      { id: 'organize', options: { indexByName: order, renameByName: { Value: value } } },
    ],
  };
}

/** A table with a row for each value of one label and a column for each of another. */
export function matrix(about: About, expr: string, row: string, column: string): Panel {
  return {
    ...table(about, expr, [row, column], 'Value'),
    options: { showHeader: true },
    transformations: [{ id: 'groupingToMatrix', options: { rowField: row, columnField: column, valueField: 'Value' } }],
  };
}

function targetsOf(queries: readonly Query[], instant: boolean, format: Target['format']): readonly Target[] {
  return queries.map(([expr, legendFormat = '__auto'], index) => ({
    refId: String.fromCharCode(65 + index),
    ...{ expr, legendFormat, instant, range: !instant, format, datasource },
  }));
}

function fieldConfig(defaults: object): object {
  return { defaults: { color: { mode: 'palette-classic' }, ...defaults }, overrides: [] };
}

function thresholds(steps: readonly Step[]): object {
  return { mode: 'absolute', steps: steps.map(([color, value]) => ({ color, value })) };
}
