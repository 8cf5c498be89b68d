import { type Policy, policyOf } from '../../src/admission/namespacePolicy.ts';
import type { AdmissionRequest } from '../../src/admission/review.ts';
import { decodePod } from '../../src/policy/decodePod.ts';

/** A pod with this many ordinary containers, as an API server sends it: defaulted, with environment, probes and mounts. */
export function podWith(containers: number) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'web-6d4cf56db6-',
      namespace: 'bench',
      labels: { app: 'web', 'pod-template-hash': '6d4cf56db6' },
      annotations: { 'prometheus.io/scrape': 'true' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6d4cf56db6', controller: true }],
    },
    spec: {
      volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
      containers: Array.from({ length: containers }, (_, index) => containerNamed(`c${index}`)),
      restartPolicy: 'Always',
      serviceAccountName: 'default',
      securityContext: {},
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }],
    },
    status: {},
  };
}

/** The same as its author sends it: the API server adds the rest. */
export function creatablePod(containers: number): object {
  const { apiVersion, kind, metadata, spec } = podWith(containers);
  const { generateName, labels, annotations } = metadata;
  return { apiVersion, kind, metadata: { generateName, labels, annotations }, spec };
}

function containerNamed(name: string): object {
  return {
    name,
    image: 'registry.example/team/web:1.4.2',
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: Array.from({ length: 8 }, (_, index) => ({
      name: `SETTING_${index}`,
      value: `the value of setting ${index}`,
    })),
    resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
    volumeMounts: [{ name: 'token', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    livenessProbe: { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, periodSeconds: 10 },
    terminationMessagePath: '/dev/termination-log',
    imagePullPolicy: 'IfNotPresent',
  };
}

/** The review that carries the pod, as bytes. */
export function reviewOf(pod: object): Buffer {
  return Buffer.from(
    JSON.stringify({
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      request: {
        uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        namespace: 'bench',
        operation: 'CREATE',
        userInfo: { username: 'system:serviceaccount:kube-system:replicaset-controller' },
        object: pod,
        oldObject: null,
        dryRun: false,
      },
    }),
  );
}

/** The request that creates the pod. */
export function requestOf(pod: object): AdmissionRequest {
  const base = { uid: '1', namespace: 'bench', dryRun: false } as const;
  return { ...base, operation: 'create', resource: 'pods', subject: { pod: decodePod(pod) } };
}

/** The policy of the namespace in which it is created. */
export function restrictedPolicy(): Policy {
  const labels = { 'pod-hardener.io/profile': 'restricted' };
  const policy = policyOf({ name: 'bench', labels, annotations: {} });
  if (!policy) throw new Error('the namespace of the benchmark is not opted in');
  return policy;
}
