import { stringify } from 'yaml';

type Schema = Readonly<Record<string, unknown>>;

const string = { type: 'string' } as const;
const strings = { type: 'array', items: string } as const;
const object = (properties: Schema) => ({ type: 'object', properties }) as const;

const issuerSpec = object({ selfSigned: object({}), ca: object({ secretName: string }) });

const certificateSpec = object({
  ...{ secretName: string, duration: string, renewBefore: string, commonName: string, dnsNames: strings },
  ...{ usages: strings, isCA: { type: 'boolean' } },
  privateKey: object({ algorithm: string, size: { type: 'integer' }, rotationPolicy: string }),
  issuerRef: object({ name: string, kind: string, group: string }),
});

const stringMap = { type: 'object', additionalProperties: string } as const;
const labelSelector = object({ matchLabels: stringMap });
const relabelling = { type: 'array', items: object({ action: string, sourceLabels: strings, regex: string }) };

const serviceMonitorSpec = object({
  selector: labelSelector,
  namespaceSelector: object({ matchNames: strings }),
  endpoints: {
    type: 'array',
    items: object({
      ...{ port: string, path: string, interval: string, scrapeTimeout: string },
      ...{ relabelings: relabelling, metricRelabelings: relabelling },
    }),
  },
});

const ruleSpec = object({
  groups: {
    type: 'array',
    items: object({
      name: string,
      rules: {
        type: 'array',
        items: object({
          ...{ alert: string, record: string, expr: string, for: string },
          ...{ labels: stringMap, annotations: stringMap },
        }),
      },
    }),
  },
});

/**
 * Definitions of the kinds that cert-manager and the Prometheus operator bring, with those of their fields that our
 * manifests write: any other would be refused as unknown.
 */
export const customResourceDefinitions = [
  definition('cert-manager.io', 'issuers', 'Issuer', issuerSpec),
  definition('cert-manager.io', 'certificates', 'Certificate', certificateSpec),
  definition('monitoring.coreos.com', 'servicemonitors', 'ServiceMonitor', serviceMonitorSpec),
  definition('monitoring.coreos.com', 'prometheusrules', 'PrometheusRule', ruleSpec),
]
  .map((one) => stringify(one))
  .join('---\n');

function definition(group: string, plural: string, kind: string, spec: Schema) {
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: object({ spec }) } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural, kind, singular: kind.toLowerCase() }, versions: [version] },
  };
}
