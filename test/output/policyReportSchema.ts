const string = { type: 'string' };
const integer = { type: 'integer' };
const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const reference = object({
  ...{ apiVersion: string, kind: string, name: string, namespace: string, uid: string },
  ...{ resourceVersion: string, fieldPath: string },
});

const result = object(
  {
    ...{ source: string, policy: string, rule: string, category: string, message: string },
    severity: { type: 'string', enum: ['critical', 'high', 'medium', 'low', 'info'] },
    result: { type: 'string', enum: ['pass', 'fail', 'warn', 'error', 'skip'] },
    scored: { type: 'boolean' },
    timestamp: object({ seconds: integer, nanos: integer }, ['seconds', 'nanos']),
    resources: { type: 'array', items: reference },
    properties: { type: 'object', additionalProperties: string },
  },
  ['policy'],
);

const counts = { pass: integer, fail: integer, warn: integer, error: integer, skip: integer };

/**
 * The members of a PolicyReport (wgpolicyk8s.io/v1alpha2) and of a Report (openreports.io/v1alpha1) that both kinds
 * have, and nothing else: what an API server prunes is an error here.
 */
export const policyReportSchema = object(
  {
    apiVersion: { type: 'string', enum: ['wgpolicyk8s.io/v1alpha2', 'openreports.io/v1alpha1'] },
    kind: { type: 'string', enum: ['PolicyReport', 'Report'] },
    metadata: object({ name: string, namespace: string, labels: { type: 'object', additionalProperties: string } }, [
      'name',
    ]),
    summary: object(counts, Object.keys(counts)),
    results: { type: 'array', items: result },
  },
  ['apiVersion', 'kind', 'metadata', 'summary', 'results'],
);
