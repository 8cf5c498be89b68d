import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const file = new URL('../../examples/mutating-admission-policy.yaml', import.meta.url);

/** The label of a namespace that has its pods filled by the policy. */
export const filledByPolicy = { 'example.com/fill': 'restricted' } as const;

/** The objects of examples/mutating-admission-policy.yaml, each with the path of its collection. */
export async function readPolicy(): Promise<{ path: string; object: Named }[]> {
  const objects = parseAllDocuments(await readFile(file, 'utf8')).map((document) => document.toJS() as Named);
  const collections: Readonly<Record<string, string>> = {
    MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
    MutatingAdmissionPolicyBinding: 'mutatingadmissionpolicybindings',
  };
  return objects.map((object) => ({
    path: `/apis/admissionregistration.k8s.io/v1/${collections[object.kind]}`,
    object,
  }));
}
