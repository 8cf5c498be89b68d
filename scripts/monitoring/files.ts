import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { dashboardJson } from './dashboard.ts';

/** Where the alerts are written by hand. */
export const rulesFile = fileURLToPath(new URL('../../manifests/components/prometheus/rules.yaml', import.meta.url));

const prometheusRule = `# What the Prometheus operator is given. Written by \`npm run manifests\`: change rules.yaml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: pod-hardener
  namespace: pod-hardener-system
  labels:
    app.kubernetes.io/name: pod-hardener
    app.kubernetes.io/instance: pod-hardener
    app.kubernetes.io/part-of: pod-hardener
spec:
`;

/** The files that hold the alerts and the dashboard once more, by their paths in the repository. */
export async function monitoringFiles(): Promise<Readonly<Record<string, string>>> {
  const rules = await readFile(rulesFile, 'utf8');
  const groups = rules.slice(rules.indexOf('groups:\n'));
  const indented = groups.replace(/^(?=.)/gm, '  ');
  const dashboard = dashboardJson();
  return {
    'manifests/components/prometheus/prometheusrule.yaml': prometheusRule + indented,
    'manifests/chart/files/rules.yaml': groups,
    'manifests/components/grafana/pod-hardener.json': dashboard,
    'manifests/chart/files/pod-hardener.json': dashboard,
  };
}
