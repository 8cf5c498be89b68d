import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { adviceKinds, adviceOutcomes } from '../admission/advice.ts';
import { outcomes } from '../admission/decide.ts';
import { stages } from '../admission/errors.ts';
import { terms } from '../admission/exemptions.ts';
import { namespaceKeys } from '../admission/keys.ts';
import { operations, resources } from '../admission/review.ts';
import { shadowSides } from '../admission/shadow.ts';
import { reasons } from '../policy/control.ts';
import { controls } from '../policy/controls/index.ts';
import type { ImageUser } from '../policy/evidence.ts';
import { profiles } from '../policy/profiles.ts';
import { startProfile } from './profileSeries.ts';

/** Everything that is counted, in one registry of its own. */
export type Metrics = ReturnType<typeof createMetrics>;

const imageStates = ['root', 'uid', 'named'] as const satisfies readonly ImageUser['state'][];

/** The controls whose effect shows in the status of a pod. */
const watchedFields = ['runAsNonRoot', 'runAsUser', 'capabilities', 'readOnlyRootFilesystem'] as const;

/** The metrics of one process. Every series whose labels are known beforehand exists from the start, at 0. */
export function createMetrics(version: string) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `pod_hardener_${name}`, help, labelNames, registers: [registry] });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: `pod_hardener_${name}`, help, labelNames, registers: [registry] });

  const metrics = {
    registry,
    requests: counter('admission_requests_total', 'AdmissionReviews received, by what became of them.', [
      'operation',
      'resource',
      'outcome',
      'dry_run',
    ]),
    duration: new Histogram({
      name: 'pod_hardener_admission_duration_seconds',
      help: 'Seconds from the first byte of an AdmissionReview to its answer.',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers: [registry],
    }),
    inFlight: gauge('admission_requests_in_flight', 'AdmissionReviews being answered now.'),
    filled: counter('fields_filled_total', 'Security fields filled in pods.', ['field', 'scope', 'profile']),
    wouldFill: counter('fields_would_fill_total', 'Security fields that the modes audit and warn did not fill.', [
      'field',
      'scope',
      'profile',
    ]),
    left: counter('fields_left_total', 'Security fields left unset or weak, by the reason.', ['field', 'reason']),
    namespaceFilled: counter('namespace_fields_filled_total', 'Security fields filled, by the namespace of the pod.', [
      'resource_namespace',
      'field',
    ]),
    decisions: counter(
      'decisions_total',
      'Pods judged, by their level of the Pod Security Standards before and after.',
      ['profile', 'level_before', 'level_after'],
    ),
    shadowDecisions: counter(
      'shadow_decisions_total',
      'Pods judged under a shadow policy, too, by how that decision differs from the one in force.',
      ['profile', 'shadow_profile', 'difference'],
    ),
    shadowFields: counter(
      'shadow_fields_total',
      'Security fields that only a shadow policy or only the one in force fills, or that they fill differently.',
      ['field', 'difference'],
    ),
    problems: counter(
      'policy_problems_total',
      'Requests to namespaces with a key or value that is not understood, by the key.',
      ['key'],
    ),
    errors: counter('errors_total', 'Requests that failed, by where they did.', ['stage']),
    advice: counter('advice_requests_total', 'Requests for advice on namespaces and workloads, by what was said.', [
      'kind',
      'outcome',
    ]),
    optedIn: gauge('opted_in_namespaces', 'Namespaces that are opted in.', ['profile']),
    unrouted: gauge('unrouted_namespaces', 'Namespaces opted in by annotation only, whose pods are never sent here.'),
    cacheSynced: gauge('namespace_cache_synced', 'Whether the namespaces have been listed once: 0 or 1.'),
    lastContact: gauge(
      'namespace_cache_last_contact_timestamp_seconds',
      'When the source of the namespaces was last heard from.',
    ),
    cacheRestarts: counter('namespace_cache_restarts_total', 'Times that the watch of the namespaces was resumed.', []),
    cacheDrift: counter('namespace_cache_drift_total', 'Changes of namespaces that the watch had missed.', []),
    certificateNotAfter: gauge('certificate_not_after_timestamp_seconds', 'When the certificate expires.', [
      'certificate',
    ]),
    certificateReloads: counter('certificate_reloads_total', 'Attempts to take over a changed certificate.', [
      'result',
    ]),
    exemptions: gauge('exemptions', 'Exemptions in the configuration file, by the time until they expire.', [
      'expires',
    ]),
    configurationReloads: counter(
      'configuration_reloads_total',
      'Attempts to take over a changed configuration file.',
      ['result'],
    ),
    certificateTrusted: gauge(
      'certificate_trusted',
      'Whether the CA bundle of the webhook configuration verifies the serving certificate: 0 or 1.',
    ),
    imageEvidence: gauge('image_evidence', 'Images whose user is known, by what is known of it.', ['state']),
    suspectedBreaks: counter(
      'suspected_breaks_total',
      'Fields in pods of one owner that keep, or may keep, a container from starting.',
      ['field'],
    ),
    evidenceSynced: gauge('evidence_watch_synced', 'Whether the pods have been listed once: 0 or 1.'),
    evidenceLastContact: gauge(
      'evidence_watch_last_contact_timestamp_seconds',
      'When the source of the evidence was last heard from.',
    ),
    evidenceRestarts: counter('evidence_watch_restarts_total', 'Times that the watch of the pods was resumed.', []),
  };
  gauge('build_info', 'Always 1; says what is running.', ['version', 'node_version']).set(
    { version, node_version: process.version },
    1,
  );
  startAtZero(metrics);
  // A gauge without labels starts at 0, which as a time would be 1970, and as an answer a no.
  metrics.lastContact.remove();
  metrics.evidenceLastContact.remove();
  metrics.evidenceSynced.remove();
  metrics.certificateTrusted.remove();
  return metrics;
}

type Counters = Pick<
  ReturnType<typeof createMetrics>,
  | 'requests'
  | 'filled'
  | 'wouldFill'
  | 'left'
  | 'decisions'
  | 'shadowFields'
  | 'shadowDecisions'
  | 'problems'
  | 'errors'
  | 'advice'
  | 'optedIn'
  | 'certificateReloads'
  | 'exemptions'
  | 'configurationReloads'
  | 'imageEvidence'
  | 'suspectedBreaks'
>;

function startAtZero(metrics: Counters): void {
  for (const operation of operations) {
    for (const resource of resources) {
      for (const outcome of outcomes) {
        for (const dry_run of ['false', 'true']) metrics.requests.inc({ operation, resource, outcome, dry_run }, 0);
      }
    }
  }
  for (const control of controls) {
    for (const reason of reasons) metrics.left.inc({ field: control.id, reason }, 0);
    if (!control.rules) continue;
    for (const difference of shadowSides) metrics.shadowFields.inc({ field: control.id, difference }, 0);
  }
  for (const { name } of profiles) startProfile(metrics, name);
  for (const key of [...namespaceKeys, '_unknown']) metrics.problems.inc({ key }, 0);
  for (const stage of stages) metrics.errors.inc({ stage }, 0);
  for (const kind of adviceKinds) {
    for (const outcome of adviceOutcomes) metrics.advice.inc({ kind, outcome }, 0);
  }
  for (const result of ['success', 'failure']) {
    metrics.certificateReloads.inc({ result }, 0);
    metrics.configurationReloads.inc({ result }, 0);
  }
  for (const expires of terms) metrics.exemptions.set({ expires }, 0);
  for (const state of imageStates) metrics.imageEvidence.set({ state }, 0);
  for (const field of watchedFields) metrics.suspectedBreaks.inc({ field }, 0);
}
