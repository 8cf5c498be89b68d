import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { skippedCode } from '../advisories.ts';
import { prometheusProgram } from '../prometheus.ts';
import { isKnownComplaint } from './complaints.ts';
import { dashboardQueries } from './dashboard.ts';
import { rulesFile } from './files.ts';
import { metricNotes } from './metricNotes.ts';

const help = `Usage: npm run monitoring

Has Prometheus' own promtool look for faults in the alerts, the queries of the dashboard and of docs/metrics.md, and the
names of the metrics, and show of every alert (test/alerts) that it fires when it should, and not when it should not.
Unpacks Debian's package where there is no promtool.
`;

const alertTests = fileURLToPath(new URL('../../test/alerts', import.meta.url));

const say = (line: string) => console.error(`monitoring: ${line}`);

process.exitCode = process.argv.includes('--help') ? explain() : await main();

function explain(): number {
  console.log(help);
  return 0;
}

async function main(): Promise<number> {
  const promtool = await prometheusProgram('promtool', process.env, say).catch((error: Error) => {
    say(`SKIPPED, there is no promtool: ${error.message.split('\n', 1)[0]}`);
  });
  if (promtool === undefined) return skippedCode;
  const folder = mkdtempSync(join(tmpdir(), 'pod-hardener-monitoring-'));
  try {
    const tests = readdirSync(alertTests).map((name) => join(alertTests, name));
    const well = [
      passes(promtool, ['check', 'rules', rulesFile, queriesAsRules(folder)]),
      passes(promtool, ['test', 'rules', ...tests]),
      await hasGoodNames(promtool),
    ];
    return well.every(Boolean) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function passes(promtool: string, args: readonly string[]): boolean {
  return spawnSync(promtool, args, { stdio: 'inherit' }).status === 0;
}

/** promtool parses no single query, but rules. */
function queriesAsRules(folder: string): string {
  const times = { __range: '1h', __interval: '5m', __rate_interval: '5m', cluster: '.*', namespace: '.*', job: '.*' };
  const queries = [
    ...dashboardQueries(times).map(({ expr }) => expr),
    ...Object.values(metricNotes).map(({ query }) => query),
  ];
  const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr }));
  const file = join(folder, 'queries.yaml');
  writeFileSync(file, stringify({ groups: [{ name: 'queries', rules }] }));
  return file;
}

async function hasGoodNames(promtool: string): Promise<boolean> {
  const input = await createMetrics('0.0.0').registry.metrics();
  const { stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' });
  const complaints = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !isKnownComplaint(line));
  for (const complaint of complaints) say(complaint);
  if (complaints.length === 0) say('the metrics have good names');
  return complaints.length === 0;
}
