import type { Policy } from '../../src/admission/namespacePolicy.ts';
import type { Control, FillValue } from '../../src/policy/control.ts';
import { runAsNonRoot } from '../../src/policy/controls/runAsNonRoot.ts';
import { policyFor } from '../requests.ts';

/** A policy of one control, which has a fault: whatever it does happens when a container is filled. */
export function faultyPolicy(fill: () => unknown): Policy {
  const control: Control = {
    ...runAsNonRoot,
    rules: [
      {
        scope: 'container',
        field: ['runAsNonRoot'],
        os: 'any',
        inherits: true,
        isWeaker: () => false,
        fill: () => fill() as FillValue,
      },
    ],
  };
  return { ...policyFor('restricted'), controls: [{ control, mode: 'fill' }] };
}

/** Faulty policies, by the stage at which the fault shows. */
export const faultyPolicies: Readonly<Record<'decide' | 'self_check' | 'encode', Policy>> = {
  decide: faultyPolicy(() => {
    throw new Error('the rule is broken');
  }),
  self_check: faultyPolicy(() => ({ type: undefined })),
  encode: faultyPolicy(() => Object.defineProperty({}, 'toJSON', { value: brokenToJson })),
};

/** Shows only when the value is written as JSON. */
function brokenToJson(): never {
  throw new Error('the value cannot be written');
}
