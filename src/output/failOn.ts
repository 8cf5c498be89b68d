import type { Severity } from './findings.ts';

/** What makes a check fail: each of them, from the first on, what the ones before it do and something more. */
export const failOns = ['never', 'objections', 'left', 'fills'] as const;

export type FailOn = (typeof failOns)[number];

/** The findings that make the check fail. */
export const failing: Readonly<Record<FailOn, readonly Severity[]>> = Object.freeze({
  never: [],
  objections: ['error'],
  left: ['error', 'warning'],
  fills: ['error', 'warning', 'note'],
});
