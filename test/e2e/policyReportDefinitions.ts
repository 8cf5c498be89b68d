const string = { type: 'string' } as const;
const integer = { type: 'integer' } as const;
const strings = { type: 'object', additionalProperties: string } as const;
const object = (properties: object, required: readonly string[] = []) => ({ type: 'object', properties, required });
const list = (items: object) => ({ type: 'array', items });
const oneOf = (...values: readonly string[]) => ({ ...string, enum: values });

const reference = object({
  ...{ apiVersion: string, kind: string, name: string, namespace: string },
  ...{ uid: string, resourceVersion: string, fieldPath: string },
});

const result = object(
  {
    ...{ source: string, policy: string, rule: string, category: string, message: string },
    severity: oneOf('critical', 'high', 'medium', 'low', 'info'),
    result: oneOf('pass', 'fail', 'warn', 'error', 'skip'),
    scored: { type: 'boolean' },
    timestamp: object({ seconds: { ...integer, format: 'int64' }, nanos: { ...integer, format: 'int32' } }, [
      'nanos',
      'seconds',
    ]),
    resources: list(reference),
    properties: strings,
  },
  ['policy'],
);

const counts = object({ pass: integer, fail: integer, warn: integer, error: integer, skip: integer });

/**
 * Definitions of the two kinds of policy reports, with those of their fields that both have: any other would be
 * refused as unknown.
 */
export const policyReportDefinitions = [
  definition('wgpolicyk8s.io', 'v1alpha2', 'policyreports', 'PolicyReport'),
  definition('openreports.io', 'v1alpha1', 'reports', 'Report'),
];

function definition(group: string, version: string, plural: string, kind: string) {
  const openAPIV3Schema = object({ scope: reference, summary: counts, results: list(result) });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
