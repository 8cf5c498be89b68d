import type { CheckResults } from '../../src/output/checkResults.ts';
import type { LocatedTemplate } from '../../src/output/findings.ts';
import type { Judgement } from '../../src/policy/evaluate.ts';
import type { Change, Left } from '../../src/policy/harden.ts';

export const good: Judgement = { level: 'restricted', violations: { privileged: [], baseline: [], restricted: [] } };

/** A judgement that objects to the network of the node, in words that may name anything. */
export function objecting(detail = 'hostNetwork=true'): Judgement {
  const violations = [{ control: 'hostNamespaces', reason: 'host namespaces', detail }];
  return { level: 'privileged', violations: { privileged: [], baseline: violations, restricted: violations } };
}

export interface Made extends Partial<LocatedTemplate> {
  readonly after?: Judgement;
  readonly filled?: readonly Change[];
  readonly wouldFill?: readonly Change[];
  readonly left?: readonly Left[];
}

/** A template that passes, but for what is said of it. Its fields are all in line 7, column 3. */
export function templateOf({
  after = good,
  filled = [],
  wouldFill = [],
  left = [],
  ...members
}: Made): LocatedTemplate {
  const place = { file: 'a.yaml', title: 'Pod/a', kind: 'Pod', name: 'a', namespace: '', template: '' };
  return {
    ...place,
    level: 'restricted',
    version: 'latest',
    isAsked: true,
    before: after,
    filling: { after, filled, wouldFill, left },
    pod: { spec: { hostNetwork: true, containers: [{ name: 'app' }] } },
    positionOf: () => ({ line: 7, column: 3 }),
    ...members,
  };
}

export function resultsOf(...templates: readonly LocatedTemplate[]): CheckResults {
  return { templates, problems: [], failOn: 'objections', folder: '/repository', programVersion: '1.2.3' };
}
