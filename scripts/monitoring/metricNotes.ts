/** What docs/metrics.md says of a metric besides what the metric says itself. */
export interface MetricNote {
  /** The version of pod-hardener that had it first. */
  readonly since: string;
  /** A question that it answers, and how to ask it. */
  readonly answers: string;
  readonly query: string;
}

const first = '0.1.0';

/** The metrics by their names. */
export const metricNotes: Readonly<Record<string, MetricNote>> = {
  pod_hardener_admission_requests_total: {
    since: first,
    answers: 'How many pods were filled in the last day?',
    query: 'sum(increase(pod_hardener_admission_requests_total{outcome="filled", dry_run="false"}[1d]))',
  },
  pod_hardener_admission_duration_seconds: {
    since: first,
    answers: 'How long do the slowest 1 % of answers take?',
    query: 'histogram_quantile(0.99, sum by (le) (rate(pod_hardener_admission_duration_seconds_bucket[5m])))',
  },
  pod_hardener_admission_requests_in_flight: {
    since: first,
    answers: 'Is a replica overwhelmed? It refuses more than 512 at a time.',
    query: 'max by (instance) (pod_hardener_admission_requests_in_flight)',
  },
  pod_hardener_fields_filled_total: {
    since: first,
    answers: 'What do authors leave out most?',
    query: 'topk(5, sum by (field) (increase(pod_hardener_fields_filled_total[1d])))',
  },
  pod_hardener_fields_would_fill_total: {
    since: first,
    answers: 'What would change if all namespaces left the modes audit and warn?',
    query: 'sum by (field, profile) (increase(pod_hardener_fields_would_fill_total[1d])) > 0',
  },
  pod_hardener_fields_left_total: {
    since: first,
    answers: 'What stays insecure, and why?',
    query: 'sum by (field, reason) (increase(pod_hardener_fields_left_total[1d])) > 0',
  },
  pod_hardener_namespace_fields_filled_total: {
    since: first,
    answers: 'Which namespaces depend on pod-hardener?',
    query: 'sum by (resource_namespace) (max_over_time(pod_hardener_namespace_fields_filled_total[1d]))',
  },
  pod_hardener_decisions_total: {
    since: first,
    answers: 'How many pods reach `restricted` only because they are filled?',
    query: 'sum(increase(pod_hardener_decisions_total{level_before!="restricted", level_after="restricted"}[1d]))',
  },
  pod_hardener_shadow_decisions_total: {
    since: first,
    answers:
      'Would pods become anything else under the profiles that namespaces try? Its series begin with the first pod ' +
      'under a pair of profiles.',
    query: 'sum by (profile, shadow_profile, difference) (pod_hardener_shadow_decisions_total{difference!="none"}) > 0',
  },
  pod_hardener_shadow_fields_total: {
    since: first,
    answers: 'Which fields would be filled besides, and which no more?',
    query: 'sum by (field, difference) (increase(pod_hardener_shadow_fields_total[1d])) > 0',
  },
  pod_hardener_policy_problems_total: {
    since: first,
    answers: 'Has somebody made a typing mistake on a namespace?',
    query: 'sum by (key) (increase(pod_hardener_policy_problems_total[1h])) > 0',
  },
  pod_hardener_errors_total: {
    since: first,
    answers: 'Do reviews fail?',
    query: 'sum by (stage) (rate(pod_hardener_errors_total[5m])) > 0',
  },
  pod_hardener_advice_requests_total: {
    since: first,
    answers: 'How often are authors and administrators told something?',
    query: 'sum by (kind) (increase(pod_hardener_advice_requests_total{outcome="advised"}[1d]))',
  },
  pod_hardener_opted_in_namespaces: {
    since: first,
    answers: 'How many namespaces are opted in? Every replica says the same.',
    query: 'sum(max by (profile) (pod_hardener_opted_in_namespaces))',
  },
  pod_hardener_unrouted_namespaces: {
    since: first,
    answers: 'Does a namespace look opted in that is not?',
    query: 'max(pod_hardener_unrouted_namespaces) > 0',
  },
  pod_hardener_namespace_cache_synced: {
    since: first,
    answers: 'Is there a replica that has never seen the namespaces?',
    query: 'pod_hardener_namespace_cache_synced == 0',
  },
  pod_hardener_namespace_cache_last_contact_timestamp_seconds: {
    since: first,
    answers: 'For how many seconds has the API server been silent?',
    query: 'time() - pod_hardener_namespace_cache_last_contact_timestamp_seconds',
  },
  pod_hardener_namespace_cache_restarts_total: {
    since: first,
    answers: 'How often does the watch break? A few times an hour is usual.',
    query: 'sum by (instance) (increase(pod_hardener_namespace_cache_restarts_total[1h]))',
  },
  pod_hardener_namespace_cache_drift_total: {
    since: first,
    answers: 'Has the watch missed something? It never should.',
    query: 'increase(pod_hardener_namespace_cache_drift_total[1d]) > 0',
  },
  pod_hardener_certificate_not_after_timestamp_seconds: {
    since: first,
    answers: 'In how many days does the certificate expire?',
    query: '(min by (certificate) (pod_hardener_certificate_not_after_timestamp_seconds) - time()) / 86400',
  },
  pod_hardener_certificate_reloads_total: {
    since: first,
    answers: 'Was a new certificate refused?',
    query: 'increase(pod_hardener_certificate_reloads_total{result="failure"}[1d]) > 0',
  },
  pod_hardener_certificate_trusted: {
    since: first,
    answers: 'Is there a replica whose certificate the API server does not trust?',
    query: 'pod_hardener_certificate_trusted == 0',
  },
  pod_hardener_exemptions: {
    since: first,
    answers: 'Does an exemption end within 30 days, or has one ended that pods may still need?',
    query: 'max by (expires) (pod_hardener_exemptions{expires=~"expired|7d|30d"}) > 0',
  },
  pod_hardener_configuration_reloads_total: {
    since: first,
    answers: 'Was a changed configuration file refused?',
    query: 'increase(pod_hardener_configuration_reloads_total{result="failure"}[1d]) > 0',
  },
  pod_hardener_image_evidence: {
    since: first,
    answers: 'Of how many images is known that they run as root? Every replica says the same.',
    query: 'max by (state) (pod_hardener_image_evidence)',
  },
  pod_hardener_suspected_breaks_total: {
    since: first,
    answers:
      'Has a filled field kept pods from starting? It is counted where Events are made, once an hour for each owner.',
    query: 'sum by (field) (increase(pod_hardener_suspected_breaks_total[1h])) > 0',
  },
  pod_hardener_evidence_watch_synced: {
    since: first,
    answers: 'Is there a replica that has never seen the pods? It is absent without `--evidence`.',
    query: 'pod_hardener_evidence_watch_synced == 0',
  },
  pod_hardener_evidence_watch_last_contact_timestamp_seconds: {
    since: first,
    answers: 'For how many seconds has the API server said nothing of pods?',
    query: 'time() - pod_hardener_evidence_watch_last_contact_timestamp_seconds',
  },
  pod_hardener_evidence_watch_restarts_total: {
    since: first,
    answers: 'How often does the watch of the pods break? A few times an hour is usual.',
    query: 'sum by (instance) (increase(pod_hardener_evidence_watch_restarts_total[1h]))',
  },
  pod_hardener_build_info: {
    since: first,
    answers: 'Which versions run?',
    query: 'count by (version) (pod_hardener_build_info)',
  },
};
