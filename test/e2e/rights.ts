import type { ApiClient } from './apiClient.ts';
import { expectSuccess } from './cluster.ts';

/** One right as the API server tells it: verbs on a resource, of certain objects or of all. */
export interface Right {
  readonly verbs: readonly string[];
  readonly resource: string;
  readonly names?: readonly string[];
}

interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** A token of the ServiceAccount that the manifests make: its bearer may what a replica in a cluster may, and no more. */
export async function serviceAccountToken(
  api: ApiClient,
  namespace = 'pod-hardener-system',
  name = 'pod-hardener',
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const answer = await api.request('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' });
  expectSuccess(answer);
  return (answer.body.status as { token: string }).token;
}

/** What the token's bearer may do in the namespace, but for asking who it is and what it may, which everybody may. */
export async function rightsIn(api: ApiClient, token: string, namespace: string): Promise<readonly Right[]> {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const answer = await api.request('POST', path, review, { token });
  expectSuccess(answer);
  const { resourceRules } = answer.body.status as { resourceRules: readonly ResourceRule[] };
  return resourceRules
    .filter(({ resources }) => !resources.every((resource) => resource.startsWith('selfsubject')))
    .flatMap(({ verbs, apiGroups, resources, resourceNames }) =>
      apiGroups.flatMap((group) =>
        resources.map((resource) => ({
          verbs,
          resource: group === '' ? resource : `${resource}.${group}`,
          ...(resourceNames === undefined ? {} : { names: resourceNames }),
        })),
      ),
    )
    .sort((a, b) => a.resource.localeCompare(b.resource));
}
