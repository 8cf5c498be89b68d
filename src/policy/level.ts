/** The levels of the Pod Security Standards, from the most permissive to the strictest. */
export const levels = ['privileged', 'baseline', 'restricted'] as const;

export type Level = (typeof levels)[number];
