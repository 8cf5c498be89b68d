import { spawnSync } from 'node:child_process';
import { shippedPackages } from './notices.ts';

/** What became of the question whether anything that is shipped has a known fault. */
export type Verdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly lines: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string };

interface Report {
  readonly message?: string;
  readonly error?: { readonly summary?: string };
  readonly metadata?: { readonly vulnerabilities?: { readonly total?: number } };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
}

/** The exit code that says that nobody could be asked: neither good nor bad news. */
export const skippedCode = 78;

/** The verdict in what `npm audit --json` prints, on the packages of these names. */
export function verdictIn(output: string, shipped: ReadonlySet<string>): Verdict {
  let report: Report;
  try {
    report = JSON.parse(output);
  } catch {
    return { kind: 'unknown', why: 'npm audit printed no JSON' };
  }
  const total = report.metadata?.vulnerabilities?.total;
  if (total === undefined) return { kind: 'unknown', why: firstLine(report) };
  const found = Object.entries(report.vulnerabilities ?? {}).filter(([name]) => shipped.has(name));
  if (found.length === 0) return { kind: 'none' };
  return { kind: 'found', lines: found.map(([name, { severity, range }]) => `${name} ${range}: ${severity}`) };
}

function firstLine({ message, error }: Report): string {
  const text = error?.summary || message || 'npm audit did not say why';
  // The name of the registry is nobody's business.
  return text.split('\n', 1)[0]?.replace(/ - \w+ https?:\S+$/, '') ?? '';
}

async function main(): Promise<number> {
  const { stdout } = spawnSync('npm', ['audit', '--package-lock-only', '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  });
  const shipped = await shippedPackages();
  const verdict = verdictIn(stdout ?? '', new Set(shipped.map(({ name }) => name)));
  if (verdict.kind === 'none') {
    console.error('advisories: none for what is shipped');
    return 0;
  }
  if (verdict.kind === 'unknown') {
    console.error(`advisories: SKIPPED, the registry has no advisory service here: ${verdict.why}`);
    return skippedCode;
  }
  for (const line of verdict.lines) console.error(`advisories: ${line}`);
  return 1;
}

if (import.meta.filename === process.argv[1]) process.exitCode = await main();
