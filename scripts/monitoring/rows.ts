import { bars, type Colors, graph, grey, logarithmic, matrix, type Panel, type Step, stat, table } from './panels.ts';

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const ours = 'cluster=~"$cluster", namespace=~"$namespace", job=~"$job"';
const asked = 'cluster=~"$cluster", name="pods.pod-hardener.io"';
const day = 86_400;
const noneIsGood: readonly Step[] = [
  ['green', null],
  ['red', 1],
];
const lookWhenThereIs: readonly Step[] = [
  ['green', null],
  ['orange', 1],
];
const outcomeColors: Colors = {
  '/^filled$/': 'green',
  '/^unchanged$/': 'blue',
  '/^would_fill$/': 'yellow',
  '/^not_opted_in$/': grey,
  '/^failed$/': 'red',
};
const callColors: Colors = { '/^let through/': 'orange', '/^refused/': 'red' };
/** By what pods become, but for those that were so before. */
const levelColors: Colors = {
  '/→ restricted$/': 'green',
  '/→ baseline$/': 'orange',
  '/→ privileged$/': 'red',
  '/^restricted →/': 'blue',
};

/** How much a counter grew in a time. A series that begins in that time counts whole: `increase` misses its first event. */
function growth(series: string, time: string): string {
  return `((${series} unless ${series} offset ${time}) or increase(${series}[${time}]))`;
}

/** How much a counter of ours grew, by labels, without those that did not. Its series are there before their first event. */
function grown(metric: string, by: string, time: string): string {
  return `sum by (${by}) (increase(pod_hardener_${metric}{${ours}}[${time}])) > 0`;
}

function quantile(of: number, series: string): string {
  // Of nothing it is not a number.
  return `histogram_quantile(${of}, sum by (le) (rate(${series}[$__rate_interval]))) >= 0`;
}

/** One value for each installation of which every replica says the same. */
function perInstallation(metric: string, by = ''): string {
  return `max by (cluster, namespace, job${by}) (pod_hardener_${metric}{${ours}})`;
}

const failOpen = `apiserver_admission_webhook_fail_open_count{${asked}}`;
const rejections = `apiserver_admission_webhook_rejection_count{${asked}}`;
const calls = `apiserver_admission_webhook_admission_duration_seconds_count{${asked}}`;

/** How often it happened, by a counter of the API server. That it did not is known only where calls are counted. */
function happened(series: string): string {
  // Where the last scrape failed, too.
  return `round(sum(${growth(series, '$__range')})) or 0 * count(last_over_time(${calls}[$__range]))`;
}

/** What an administrator asks of pod-hardener, from what is urgent to what is good to know. */
export const rows: readonly Row[] = [
  {
    title: 'Is it up?',
    panels: [
      stat(
        { title: 'Replicas', about: 'Replicas whose metrics Prometheus can read.', none: '0' },
        `count(pod_hardener_build_info{${ours}}) or vector(0)`,
        [
          ['red', null],
          ['orange', 1],
          ['green', 2],
        ],
      ),
      stat(
        {
          title: 'Pods let through unfilled',
          about:
            'Pods that the API server created as they were written because its call failed (failurePolicy Ignore).',
          none: 'no calls seen',
        },
        happened(failOpen),
        noneIsGood,
      ),
      stat(
        {
          title: 'Pods refused',
          about: 'Pods that the API server refused because its call failed (failurePolicy Fail).',
          none: 'no calls seen',
        },
        happened(rejections),
        noneIsGood,
      ),
      stat(
        {
          title: 'Certificate expires in',
          about: 'Of the certificates and authorities of all replicas, the one that expires first.',
          none: 'no certificate yet',
          unit: 's',
        },
        `min(pod_hardener_certificate_not_after_timestamp_seconds{${ours}}) - time()`,
        [
          ['red', null],
          ['orange', day],
          ['green', 7 * day],
        ],
      ),
      stat(
        {
          title: 'API server trusts it',
          about: 'Whether the CA bundle in the webhook configuration verifies what every replica serves.',
          none: 'not ours to know',
        },
        `min(pod_hardener_certificate_trusted{${ours}})`,
        [
          ['red', null],
          ['green', 1],
        ],
        { 0: 'no', 1: 'yes' },
      ),
      stat(
        {
          title: 'Opted-in namespaces',
          about: 'Namespaces whose pods pod-hardener is asked about.',
          none: 'no replica',
        },
        `sum(${perInstallation('opted_in_namespaces', ', profile')})`,
        [['blue', null]],
      ),
      graph(
        {
          title: 'Reviews',
          about: 'AdmissionReviews by what became of them, without dry runs.',
          none: 'none',
          unit: 'reqps',
          width: 24,
        },
        [
          [
            `sum by (outcome) (rate(pod_hardener_admission_requests_total{${ours}, dry_run="false"}[$__rate_interval]))`,
            '{{outcome}}',
          ],
        ],
        outcomeColors,
      ),
    ],
  },
  {
    title: 'Do pods slip through?',
    panels: [
      bars(
        {
          title: 'Calls that failed, as the API server counts them',
          about: 'Only the API server knows of calls that never arrived. Empty where Prometheus does not scrape it.',
          none: 'none',
        },
        [
          [`sum by (cluster) (${growth(failOpen, '$__interval')}) > 0`, 'let through unfilled {{cluster}}'],
          [`sum by (cluster) (${growth(rejections, '$__interval')}) > 0`, 'refused {{cluster}}'],
        ],
        callColors,
      ),
      bars(
        { title: 'Reviews that failed', about: 'By the stage at which they did; the log has the cause.', none: 'none' },
        [[grown('errors_total', 'stage', '$__interval'), '{{stage}}']],
        { '/./': 'red' },
      ),
    ],
  },
  {
    title: 'What needs somebody?',
    panels: [
      stat(
        {
          title: 'Namespaces with an annotation only',
          about: 'They look opted in, and their pods are never sent here.',
          none: 'no replica',
        },
        `sum(${perInstallation('unrouted_namespaces')})`,
        lookWhenThereIs,
      ),
      stat(
        {
          title: 'Oldest news of namespaces',
          about: 'How long ago the replica that waits longest heard from the API server.',
          none: 'never',
          unit: 's',
        },
        `max(time() - pod_hardener_namespace_cache_last_contact_timestamp_seconds{${ours}})`,
        [
          ['green', null],
          ['orange', 120],
          ['red', 600],
        ],
      ),
      stat(
        { title: 'Certificates refused', about: 'New certificates that could not be served.', none: 'no replica' },
        `round(sum(increase(pod_hardener_certificate_reloads_total{${ours}, result="failure"}[$__range])))`,
        lookWhenThereIs,
      ),
      stat(
        {
          title: 'Configurations refused',
          about: 'Changed configuration files that could not be taken over: the last one stays.',
          none: 'no replica',
          width: 12,
        },
        `round(sum(increase(pod_hardener_configuration_reloads_total{${ours}, result="failure"}[$__range])))`,
        lookWhenThereIs,
      ),
      stat(
        {
          title: 'Exemptions that end within 7 days, or have ended',
          about: 'An exemption that has ended spares nothing; pods that need it may not start.',
          none: 'no replica',
          width: 12,
        },
        `sum(max by (cluster, namespace, expires) (pod_hardener_exemptions{${ours}, expires=~"expired|7d"}))`,
        lookWhenThereIs,
      ),
      table(
        {
          title: 'Policies that are not understood',
          about: 'Requests to namespaces with such a key or value, by the key.',
          none: 'none',
          width: 12,
        },
        grown('policy_problems_total', 'key', '$__range'),
        ['key'],
        'requests',
      ),
      table(
        {
          title: 'Suspected breaks',
          about: 'Fields that keep, or may keep, a container from starting; Events on the pods say more.',
          none: 'none',
          width: 12,
        },
        grown('suspected_breaks_total', 'field', '$__range'),
        ['field'],
        'breaks',
      ),
    ],
  },
  {
    title: 'What is filled?',
    panels: [
      bars(
        { title: 'Fields filled', about: 'Fields that authors left out and that were filled.', none: 'nothing filled' },
        [[grown('fields_filled_total', 'field', '$__interval'), '{{field}}']],
      ),
      matrix(
        { title: 'Fields filled, by profile', about: 'In the time that is shown.', none: 'none', width: 12 },
        grown('fields_filled_total', 'field, profile', '$__range'),
        'field',
        'profile',
      ),
      matrix(
        {
          title: 'Namespaces that depend on it',
          about: 'Fields filled in the pods of each namespace: what they would lack without pod-hardener.',
          none: 'none',
          width: 24,
        },
        `sum by (resource_namespace, field) (${growth(`pod_hardener_namespace_fields_filled_total{${ours}}`, '$__range')}) > 0`,
        'resource_namespace',
        'field',
      ),
    ],
  },
  {
    title: 'What do pods reach, and what is left?',
    panels: [
      bars(
        {
          title: 'Pods by level before → after',
          about: 'Their highest level of the Pod Security Standards as written, and as created.',
          none: 'no pods',
        },
        [[grown('decisions_total', 'level_before, level_after', '$__interval'), '{{level_before}} → {{level_after}}']],
        levelColors,
      ),
      table(
        { title: 'Pods by profile and level', about: 'In the time that is shown.', none: 'no pods', width: 12 },
        grown('decisions_total', 'profile, level_before, level_after', '$__range'),
        ['profile', 'level_before', 'level_after'],
        'pods',
      ),
      table(
        { title: 'Left, and why', about: 'Fields that stay unset or weak.', none: 'nothing left', width: 12 },
        grown('fields_left_total', 'field, reason', '$__range'),
        ['field', 'reason'],
        'times',
      ),
      matrix(
        {
          title: 'Not filled because of the mode',
          about: 'What audit and warn would have filled.',
          none: 'none',
          width: 12,
        },
        grown('fields_would_fill_total', 'field, profile', '$__range'),
        'field',
        'profile',
      ),
    ],
  },
  {
    title: 'What would another profile do?',
    panels: [
      table(
        {
          title: 'Pods under a shadow profile',
          about: 'By how the decision under the profile that a namespace tries differs from the one in force.',
          none: 'no shadow profile',
          width: 12,
        },
        `sum by (profile, shadow_profile, difference) (${growth(`pod_hardener_shadow_decisions_total{${ours}}`, '$__range')}) > 0`,
        ['profile', 'shadow_profile', 'difference'],
        'pods',
      ),
      matrix(
        {
          title: 'Fields that a shadow profile fills otherwise',
          about: 'Fields that only the shadow or only the profile in force fills, or both with different values.',
          none: 'none',
          width: 12,
        },
        grown('shadow_fields_total', 'field, difference', '$__range'),
        'field',
        'difference',
      ),
    ],
  },
  {
    title: 'How slow is it?',
    panels: [
      logarithmic(
        {
          title: 'Answers, as we and as the API server measure them',
          about:
            'The API server adds the network and its own waiting; its buckets are coarse: 5, 25, 100 ms and so on.',
          none: 'no reviews',
          unit: 's',
          width: 24,
        },
        [
          [quantile(0.5, `pod_hardener_admission_duration_seconds_bucket{${ours}}`), 'p50, ours'],
          [quantile(0.99, `pod_hardener_admission_duration_seconds_bucket{${ours}}`), 'p99, ours'],
          [quantile(0.5, `apiserver_admission_webhook_admission_duration_seconds_bucket{${asked}}`), 'p50, API server'],
          [
            quantile(0.99, `apiserver_admission_webhook_admission_duration_seconds_bucket{${asked}}`),
            'p99, API server',
          ],
        ],
      ),
      graph(
        { title: 'In flight', about: 'Reviews being answered when they were looked at.', none: 'no replica', width: 8 },
        [[`pod_hardener_admission_requests_in_flight{${ours}}`, '{{instance}}']],
      ),
      graph({ title: 'Processor', about: 'Cores in use.', none: 'no replica', width: 8 }, [
        [`rate(process_cpu_seconds_total{${ours}}[$__rate_interval])`, '{{instance}}'],
      ]),
      graph({ title: 'Memory', about: 'Resident memory.', none: 'no replica', unit: 'bytes', width: 8 }, [
        [`process_resident_memory_bytes{${ours}}`, '{{instance}}'],
      ]),
    ],
  },
  {
    title: 'What is there?',
    panels: [
      table(
        {
          title: 'Replicas and versions',
          about: 'What runs where, and for how long.',
          none: 'no replica',
          unit: 'dtdhms',
          width: 24,
        },
        `(time() - process_start_time_seconds{${ours}}) * on (cluster, namespace, job, instance) ` +
          `group_right () pod_hardener_build_info{${ours}}`,
        ['cluster', 'pod', 'instance', 'version', 'node_version'],
        'running for',
        { pod: 230 },
      ),
      table(
        { title: 'Opted-in namespaces by profile', about: 'As their labels say now.', none: 'none', width: 8 },
        `${perInstallation('opted_in_namespaces', ', profile')} > 0`,
        ['cluster', 'profile'],
        'namespaces',
      ),
      table(
        {
          title: 'Users of images',
          about: 'Images that are known to run as root, as a number, or as a name; see docs/evidence.md.',
          none: 'none',
          width: 8,
        },
        `${perInstallation('image_evidence', ', state')} > 0`,
        ['cluster', 'state'],
        'images',
      ),
      table(
        {
          title: 'Advice',
          about: 'Requests for advice on namespaces and workloads, by what was said.',
          none: 'none',
          width: 8,
        },
        grown('advice_requests_total', 'kind, outcome', '$__range'),
        ['kind', 'outcome'],
        'requests',
      ),
    ],
  },
];
