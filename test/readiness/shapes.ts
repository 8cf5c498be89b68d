import type { NamespaceRecord } from '../../src/admission/namespacePolicy.ts';
import { assessNamespace, type Grounds } from '../../src/readiness/assess.ts';
import { decodeObserved } from '../../src/readiness/observed.ts';
import type { NamespaceReadiness } from '../../src/readiness/readiness.ts';
import { createSurvey, type NamespaceSurvey, noPods } from '../../src/readiness/survey.ts';
import { containerOf, type Json } from '../pods.ts';

/** What is said of a pod; what is left out is as a Deployment's pod has it that says nothing about security. */
export interface Observed {
  readonly name?: string;
  readonly owner?: Json | null;
  readonly spec?: Json;
  readonly metadata?: Json;
  readonly status?: Json;
}

export const deployment = (name: string): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name,
  controller: true,
});

/** A pod as the API server has it. */
export function observedObject({
  name = 'web-1',
  owner = deployment('web'),
  spec,
  metadata,
  status,
}: Observed = {}): Json {
  return {
    metadata: { name, namespace: 'team', ...(owner && { ownerReferences: [owner] }), ...metadata },
    spec: { containers: [containerOf('app')], ...spec },
    ...(status && { status }),
  };
}

/** The digest of the image that all containers run unless they say otherwise. */
const imageID = `registry.example/app@sha256:${'a'.repeat(64)}`;

/** The status of a pod whose containers run as these users. */
export function runningAs(users: Readonly<Record<string, number>>): Json {
  const running = {
    image: 'registry.example/app:1',
    imageID,
    state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
  };
  const containerStatuses = Object.entries(users).map(([name, uid]) => ({
    ...{ name, ...running },
    user: { linux: { uid, gid: uid } },
  }));
  return { phase: 'Running', containerStatuses };
}

/** The status of a pod whose container the kubelet refuses to start. */
export function refusedWith(message: string, name = 'app'): Json {
  return {
    phase: 'Pending',
    containerStatuses: [{ name, state: { waiting: { reason: 'CreateContainerConfigError', message } } }],
  };
}

/** A pod that passes restricted as it is. */
export const passing: Json = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [containerOf('app', { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } })],
};

/** What is collected from the pods of one namespace. */
export function surveyOf(...pods: readonly Observed[]): NamespaceSurvey {
  const survey = createSurvey();
  for (const pod of pods) survey.add(decodeObserved(observedObject(pod)));
  return survey.namespaces().get('team') ?? noPods;
}

/** The namespace `team`, with annotations that are named without our prefix. */
export function team(labels: Readonly<Record<string, string>> = {}, annotations: Json = {}): NamespaceRecord {
  const prefixed = Object.entries(annotations).map(([key, value]) => [`pod-hardener.io/${key}`, String(value)]);
  return { name: 'team', labels, annotations: Object.fromEntries(prefixed) };
}

export const opted = { 'pod-hardener.io/profile': 'restricted' };

/** What is worked out about the pods in the namespace, where nothing else is known. */
export function assess(
  pods: readonly Observed[],
  namespace: NamespaceRecord = team(),
  grounds: Partial<Grounds> = {},
): NamespaceReadiness {
  const none: Grounds = { asked: {}, thing: 'pod', minor: 36, evidence: () => undefined, ownerOf: () => undefined };
  return assessNamespace(namespace, surveyOf(...pods), { ...none, ...grounds });
}
