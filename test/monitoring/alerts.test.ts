import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { monitoringFiles, rulesFile } from '../../scripts/monitoring/files.ts';

interface Rule {
  readonly alert?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface AlertTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly object[] }[];
  }[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

function alertsIn(text: string): readonly Rule[] {
  const { groups } = parse(text) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
  return groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);
}

describe('the alerts', () => {
  const alerts = alertsIn(readFileSync(rulesFile, 'utf8'));
  const names = [...new Set(alerts.map(({ alert = '' }) => alert))].sort();

  it('are there', () => {
    expect(names).to.have.length.above(5);
  });

  for (const { alert = '', labels, annotations = {} } of alerts) {
    it(`say what has happened and where to read on: ${alert}, ${labels?.severity}`, () => {
      expect(labels?.severity).to.be.oneOf(['warning', 'critical']);
      expect(annotations.summary).to.match(/^[A-Zp].{10,80}\.$/);
      expect(annotations.description).to.match(/^\S.{40,}[.]$/);
      expect(annotations.runbook_url).to.match(/^https:\/\/[^#]+\/docs\/alerts\.md#[a-z]+$/);
      expect(annotations.runbook_url).to.satisfy((url: string) => url.endsWith(`#${alert.toLowerCase()}`));
    });
  }

  it('each have a heading that says what to do, and a row in the table, with the severities', () => {
    const page = read('docs/alerts.md');
    const headings = [...page.matchAll(/^### (PodHardener\w+)$/gm)].map(([, name]) => name);
    expect(headings.sort()).to.deep.equal(names);
    const rows = [...page.matchAll(/^\| \[(\w+)\]\(#(\w+)\) \| ([^|]+) \|/gm)];
    const severitiesOf = (name: string) =>
      alerts.filter(({ alert }) => alert === name).map((one) => one.labels?.severity);
    expect(rows.map(([, name = '', anchor, severities]) => [name, anchor, severities]).sort()).to.deep.equal(
      names.map((name) => [name, name.toLowerCase(), severitiesOf(name).join(', ')]),
    );
  });

  it('each have a file of tests in which they fire, and in which they do not', () => {
    const files = readdirSync(join(root, 'test/alerts'));
    expect(files.sort()).to.deep.equal(names.map((name) => `${name}.yaml`));
    for (const name of names) {
      const { tests } = parse(read(`test/alerts/${name}.yaml`), { maxAliasCount: -1 }) as AlertTests;
      const cases = tests.flatMap((one) => one.alert_rule_test);
      expect(new Set(cases.map(({ alertname }) => alertname)), name).to.deep.equal(new Set([name]));
      const fires = cases.map(({ exp_alerts }) => exp_alerts.length > 0);
      expect(fires, name).to.include.members([true, false]);
    }
  });
});

describe('the files that are made of the alerts and the dashboard', () => {
  it('are as they would be written now', async () => {
    for (const [path, text] of Object.entries(await monitoringFiles())) {
      if (read(path) !== text) expect.fail(`${path} is stale: run \`npm run manifests\``);
    }
  });

  it('have the alerts in the PrometheusRule', async () => {
    const { spec } = parse(read('manifests/components/prometheus/prometheusrule.yaml')) as { readonly spec: object };
    expect(spec).to.deep.equal(parse(readFileSync(rulesFile, 'utf8')));
  });
});
