/** The sums that Prometheus' client for Node makes of its own gauges. Dashboards for Node know them by these names. */
const kept = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Whether promtool complains about the name of a metric that is not ours. */
export function isKnownComplaint(line: string): boolean {
  return kept.some((name) => line === `${name} non-counter metrics should not have "_total" suffix`);
}
