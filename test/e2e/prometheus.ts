/** Numbers by series, the labels of each in alphabetical order: `requests_total{dry_run="false",outcome="filled"}`. */
export type Series = Readonly<Record<string, number>>;

/** The series of a Prometheus text whose names start with one of the prefixes. */
export function parseSeries(text: string, ...prefixes: string[]): Series {
  const series: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    const name = sample?.[1];
    if (name === undefined || !prefixes.some((prefix) => name.startsWith(prefix))) continue;
    series[`${name}${sortedLabels(sample?.[2])}`] = Number(sample?.[3]);
  }
  return series;
}

/** The series that have a number other than 0. */
export function nonZero(series: Series): Series {
  return Object.fromEntries(Object.entries(series).filter(([, number]) => number !== 0));
}

function sortedLabels(labels: string | undefined): string {
  const pairs = labels?.match(/\w+="(?:[^"\\]|\\.)*"/g) ?? [];
  return pairs.length === 0 ? '' : `{${pairs.sort().join(',')}}`;
}
