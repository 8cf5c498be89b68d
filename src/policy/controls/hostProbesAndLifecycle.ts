import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import type { Container } from '../pod.ts';
import { joinQuote, pluralize, sortedSet } from '../wording.ts';

/** Hosts of probes and lifecycle handlers. */
export const hostProbesAndLifecycle: Control = {
  id: 'hostProbesAndLifecycle',
  about: {
    title: 'Probes and lifecycle handlers ask no other host',
    meaning:
      'It is the kubelet that makes the requests of probes and lifecycle handlers. With a `host` of its choice, ' +
      "a pod makes it ask any address that the node can reach, such as the node's own services.",
    fields: [
      'spec.containers[*].{liveness,readiness,startup}Probe.{httpGet,tcpSocket}.host',
      'spec.containers[*].lifecycle.{postStart,preStop}.{httpGet,tcpSocket}.host',
    ],
    allowed: 'none, or an empty one',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  },
  checks: [{ id: 'hostProbesAndHostLifecycle', level: 'baseline', revisions: [{ since: 34, check: mustNotAskHosts }] }],
};

function mustNotAskHosts({ containers }: Judged): Objection | undefined {
  const asked: string[] = [];
  const bad = containers.filter((container) => {
    const hosts = hostsOf(container);
    asked.push(...hosts);
    return hosts.length > 0;
  });
  if (bad.length === 0) return undefined;
  // Upstream puts these containers in the order of their names; in every other check they are in the pod's.
  const names = sortedSet(bad.map(({ name }) => name));
  const hosts = sortedSet(asked);
  const who = `${pluralize('container', 'containers', names.length)} ${joinQuote(names)}`;
  const what = pluralize('probe or lifecycle host', 'probe or lifecycle hosts', hosts.length);
  const detail = `${who} ${pluralize('uses', 'use', names.length)} ${what} ${joinQuote(hosts)}`;
  return { reason: 'probe or lifecycle host', detail };
}

function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): readonly string[] {
  const hosts: string[] = [];
  for (const action of [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]) {
    if (action?.httpGet?.host) hosts.push(action.httpGet.host);
    if (action?.tcpSocket?.host) hosts.push(action.tcpSocket.host);
  }
  return hosts;
}
