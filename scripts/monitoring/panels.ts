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

/** Which series of a graph have shades of a colour of their own: a pattern that their names match, and the colour. */
export type Colors = Readonly<Record<string, string>>;

export const datasource = { type: 'prometheus', uid: '$' + '{datasource}' } as const;

/** Neither good nor bad. */
export const grey = '#767b85';

/** A step of a scale: the colour from this value on. */
export type Step = readonly [color: string, from: number | null];

/** One number, in a colour that says whether it is good. */
export function stat(
  { title, about, none, unit = 'none', width = 8 }: About,
  expr: string,
  steps: readonly Step[],
  texts: Readonly<Record<string, string>> = {},
): Panel {
  const mappings = [
    ...Object.entries(texts).map(([value, text]) => ({ type: 'value', options: { [value]: { text } } })),
    // Without this it would have the colour of the lowest step, as if that were the value.
    { type: 'special', options: { match: 'null+nan', result: { text: none, color: grey } } },
  ];
  return {
    type: 'stat',
    title,
    description: about,
    width,
    height: 3,
    targets: targetsOf([[expr]], true, 'time_series'),
    options: { colorMode: 'background', graphMode: 'none', reduceOptions: { calcs: ['lastNotNull'] } },
    fieldConfig: fieldConfig({ unit, noValue: none, mappings, ...coloredBy(steps) }),
  };
}

/** Lines over time. */
export function graph(about: About, queries: readonly Query[], colors: Colors = {}): Panel {
  return timeseries(about, queries, colors, { min: 0, custom: { ...lines, fillOpacity: 10 } });
}

/** Lines over time of which one may be a thousand times another. */
export function logarithmic(about: About, queries: readonly Query[]): Panel {
  return timeseries(about, queries, {}, { custom: { ...lines, scaleDistribution: { type: 'log', log: 10 } } });
}

// A point that stands alone makes no line.
const lines = { lineWidth: 1, showPoints: 'auto' } as const;

/** Stacked bars of what was counted in `$__interval`, over time. */
export function bars(about: About, queries: readonly Query[], colors: Colors = {}): Panel {
  const stacked = { drawStyle: 'bars', fillOpacity: 80, lineWidth: 0, stacking: { mode: 'normal', group: 'A' } };
  // Long enough for several scrapes, so that each bar counts what happened since the one before.
  return { ...timeseries(about, queries, colors, { min: 0, decimals: 0, custom: stacked }), interval: '5m' };
}

function timeseries(
  { title, about, none, unit = 'short', width = 12 }: About,
  queries: readonly Query[],
  colors: Colors,
  looks: object,
): Panel {
  const overrides = Object.entries(colors).map(([pattern, fixedColor]) => ({
    matcher: { id: 'byRegexp', options: pattern },
    properties: [{ id: 'color', value: { mode: 'shades', fixedColor } }],
  }));
  return {
    type: 'timeseries',
    title,
    description: about,
    width,
    height: 8,
    targets: targetsOf(queries, false, 'time_series'),
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    fieldConfig: fieldConfig({ unit, noValue: none, color: { mode: 'palette-classic' }, ...looks }, overrides),
  };
}

/**
 * The labels of each series as columns, in the order of `columns`, and its value under the name `value`. Columns share
 * what is left of the width by those that have one of their own.
 */
export function table(
  { title, about, none, unit = 'none', width = 8 }: About,
  expr: string,
  columns: readonly string[],
  value: string,
  widths: Readonly<Record<string, number>> = {},
): Panel {
  const order = Object.fromEntries([...columns, 'Value'].map((name, index) => [name, index]));
  const names = { ...Object.fromEntries(columns.map((name) => [name, inWords(name)])), Value: value };
  return {
    type: 'table',
    title,
    description: about,
    width,
    height: 8,
    targets: targetsOf([[expr]], true, 'table'),
    options: { showHeader: true, sortBy: [{ displayName: value, desc: true }] },
    fieldConfig: fieldConfig(
      { unit, noValue: none, decimals: 0, custom: narrow },
      columnsOf({ [value]: 100, ...widths }),
    ),
    transformations: [
      { id: 'filterFieldsByName', options: { include: { names: [...columns, 'Value'] } } },
      { id: 'organize', options: { indexByName: order, renameByName: names } },
    ],
  };
}

/** A table with a row for each value of one label and a column for each of another; an older Grafana shows `none` for 0. */
export function matrix({ none, ...about }: About, expr: string, row: string, column: string): Panel {
  return {
    ...table({ none, ...about }, expr, [row, column], 'Value'),
    options: { showHeader: true },
    fieldConfig: fieldConfig({ noValue: none, decimals: 0, custom: narrow }, columnsOf({ [inWords(row)]: 190 })),
    transformations: [
      {
        id: 'groupingToMatrix',
        options: { rowField: row, columnField: column, valueField: 'Value', emptyValue: 'zero' },
      },
      { id: 'organize', options: { renameByName: { [`${row}\\${column}`]: inWords(row) } } },
    ],
  };
}

/** Columns would else be so wide that the last ones are out of sight. */
const narrow = { minWidth: 60 } as const;

function columnsOf(widths: Readonly<Record<string, number>>): readonly object[] {
  return Object.entries(widths).map(([name, width]) => ({
    matcher: { id: 'byName', options: name },
    properties: [{ id: 'custom.width', value: width }],
  }));
}

/** A label as people read it: Prometheus keeps `namespace` for the one that it finds us in. */
function inWords(label: string): string {
  return label.replace(/^resource_/, '').replaceAll('_', ' ');
}

function targetsOf(queries: readonly Query[], instant: boolean, format: Target['format']): readonly Target[] {
  return queries.map(([expr, legendFormat = '__auto'], index) => ({
    refId: String.fromCharCode(65 + index),
    ...{ expr, legendFormat, instant, range: !instant, format, datasource },
  }));
}

function fieldConfig(defaults: object, overrides: readonly object[] = []): object {
  return { defaults, overrides };
}

function coloredBy(steps: readonly Step[]): object {
  const absolute = { mode: 'absolute', steps: steps.map(([color, value]) => ({ color, value })) };
  return { color: { mode: 'thresholds' }, thresholds: absolute };
}
