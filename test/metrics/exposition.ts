/** The text format of Prometheus, read strictly. */
export interface Exposition {
  readonly samples: readonly Sample[];
  /** The types of the metrics, by their names. */
  readonly types: ReadonlyMap<string, string>;
  /** The value of the one series of that name with exactly these labels; undefined when there is none. */
  readonly value: (name: string, labels?: Readonly<Record<string, string>>) => number | undefined;
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleForm = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const labelForm = /([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/y;

/** What the text says. Throws for a line that is not of the format, or is of no declared metric, or is said twice. */
export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const known = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const [, declared, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (declared !== undefined && type !== undefined) {
      if (types.has(declared)) throw new Error(`${declared} is declared twice`);
      types.set(declared, type);
      continue;
    }
    const sample = parseSample(line);
    if (!isDeclared(types, sample.name)) throw new Error(`${sample.name} is not declared`);
    const series = keyOf(sample.name, sample.labels);
    if (known.has(series)) throw new Error(`${series} is there twice`);
    known.add(series);
    samples.push(sample);
  }
  const values = new Map(samples.map(({ name, labels, value }) => [keyOf(name, labels), value]));
  return { samples, types, value: (name, labels = {}) => values.get(keyOf(name, labels)) };
}

function parseSample(line: string): Sample {
  const [, name, labels = '', value] = sampleForm.exec(line) ?? [];
  const number = numberOf(value ?? '');
  if (name === undefined || number === undefined) throw new Error(`no sample: ${line}`);
  return { name, labels: parseLabels(labels), value: number };
}

/** Prometheus reads `NaN` and `Inf` without regard to case. */
function numberOf(text: string): number | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelForm.lastIndex = 0;
  while (labelForm.lastIndex < text.length) {
    const [, name, value] = labelForm.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no labels: ${text}`);
    labels[name] = value;
  }
  return labels;
}

function isDeclared(types: ReadonlyMap<string, string>, name: string): boolean {
  return types.has(name) || types.get(name.replace(/_(bucket|sum|count)$/, '')) === 'histogram';
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
}
