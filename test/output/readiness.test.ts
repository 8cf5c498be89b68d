import { expect } from 'chai';
import { createPaint } from '../../src/output/paint.ts';
import { readinessMarkdown } from '../../src/output/readinessMarkdown.ts';
import { readinessReport } from '../../src/output/readinessReport.ts';
import { readinessSummary } from '../../src/output/readinessResults.ts';
import { readinessTable } from '../../src/output/readinessTable.ts';
import type { NamespaceReadiness } from '../../src/readiness/readiness.ts';
import { assess, deployment, passing, runningAs, team } from '../readiness/shapes.ts';
import { hostile, mixed, resultsOf } from './readinessResults.ts';

const plain = createPaint(false);
const ready = assess([{ spec: passing }], { ...team(), name: 'calm' });
const empty = assess([], { ...team(), name: 'empty' });

describe('the table of a readiness report', () => {
  const table = (all: boolean, ...namespaces: readonly NamespaceReadiness[]) =>
    readinessTable(
      {
        ...resultsOf(...namespaces),
        skipped: [
          { name: 'kube-system', pods: 4 },
          { name: 'kube-public', pods: 0 },
        ],
      },
      { paint: plain, width: 80, all },
    );

  it('has what is in the way and what to type, and a summary at the end', () => {
    expect(table(false, mixed(), ready, empty)).to.equal(`\
team  blocked by 2
  restricted: 5 pods, 2 would change, 2 stay short (ds/agent), 1 runs as uid 0
    (deploy/root)
  its mode is audit: nothing is filled until that is taken away
  1 more has ended or is being deleted: not looked at
  short   ds/agent, 2 pods, privileged
          host namespaces (hostNetwork=true): set by its author
  image   deploy/root, 1 pod, baseline
          app: runs as uid 0 now, which runAsNonRoot would keep from starting
            (registry.example/app:1)
  1 workload passes once filled, 1 workload passes as it is
  kubectl annotate --overwrite namespace team pod-hardener.io/mode-
  kubectl label namespace team pod-security.kubernetes.io/warn=restricted
  # UID: a user that these images can run as. Where no evidence of images is
  # kept, use run-as-user instead.
  kubectl annotate namespace team pod-hardener.io/root-images=UID

calm  ready
  restricted: 1 pod, which passes as it is
  1 workload passes as it is
  kubectl label namespace calm pod-security.kubernetes.io/enforce=restricted

without pods: empty

not looked at: kube-system (4 pods), kube-public: pod-hardener is never called
  there; -n looks at one all the same

What an author set is for that author to change: "pod-hardener check -f FILE"
  says where it stands in a manifest, and "pod-hardener harden -f FILE -i" fills
  in the rest of it.

3 namespaces, 6 pods: 1 blocked (by 2 workloads), 2 ready
`);
  });

  it('lists what is not in the way, too, where all is asked for', () => {
    const text = table(true, mixed(), empty);
    expect(text).to.contain('\n  filled  deploy/web, 1 pod, baseline → restricted\n');
    expect(text).to.contain('\n  passes  deploy/good, 1 pod, restricted\n');
    expect(text).to.contain('\nempty  ready\n  restricted: no pods\n');
  });

  it('breaks a command so that a shell reads it as one', () => {
    const fills = assess([{ status: runningAs({ app: 1 }) }]);
    expect(table(false, fills)).to.contain(
      '\n  kubectl label namespace team pod-hardener.io/profile=restricted \\\n    pod-security.kubernetes.io/enforce=restricted\n',
    );
  });

  it('lists ten workloads of a namespace and counts the others', () => {
    const pods = Array.from({ length: 13 }, (_, index) => ({
      owner: deployment(`web-${String(index).padStart(2, '0')}`),
      spec: { hostIPC: true },
    }));
    const text = table(false, assess(pods, team()));
    expect(text).to.contain('\n  short   deploy/web-09, 1 pod, privileged\n');
    expect(text).not.to.contain('deploy/web-10,');
    expect(text).to.contain('\n  3 workloads more stay short\n');
  });

  it('has no control characters, whatever is named in it', () => {
    const named = hostile('a\u001b[31m\nb\u202e');
    const text = table(true, { ...named, name: 'a\u001bb' }, { ...empty, name: 'c\u001b' });
    expect(text.replaceAll('\n', '')).not.to.match(/\p{Cc}|\p{Cf}/u);
  });
});

describe('the summary of a readiness report', () => {
  it('counts the namespaces by their verdicts', () => {
    expect(readinessSummary(resultsOf(mixed(), ready, empty))).to.equal(
      '3 namespaces, 6 pods: 1 blocked (by 2 workloads), 2 ready',
    );
    expect(readinessSummary(resultsOf())).to.equal('no namespace was looked at');
  });
});

describe('a readiness report in JSON', () => {
  it('has all that was worked out', () => {
    const readiness = assess([{ name: 'root-1', spec: { hostPID: true }, status: runningAs({ app: 0 }) }], team(), {
      asked: { profile: 'baseline' },
    });
    expect(readinessReport({ ...resultsOf(readiness), problems: ['something'] })).to.deep.equal({
      apiVersion: 'pod-hardener.io/v1alpha1',
      kind: 'ReadinessReport',
      source: 'https://cluster.example',
      madeAt: '2026-01-02T03:04:05.000Z',
      kubernetes: 'v1.36',
      skipped: [],
      problems: ['something'],
      namespaces: [
        {
          name: 'team',
          profile: 'baseline',
          level: 'baseline',
          version: 'latest',
          verdict: 'blocked',
          line: 'baseline: 1 pod, 1 would change, 1 stays short (deploy/web)',
          pods: 1,
          changing: 1,
          blockers: 1,
          finished: 0,
          filledBefore: 0,
          debugged: 0,
          leftOut: { finished: 0, leaving: 0 },
          problems: [],
          exemptions: [],
          steps: [
            'kubectl label namespace team pod-hardener.io/profile=baseline pod-security.kubernetes.io/warn=baseline',
          ],
          workloads: [
            {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              name: 'web',
              pods: 1,
              standing: 'short',
              shapes: [
                {
                  example: 'root-1',
                  pods: 1,
                  standing: 'short',
                  before: { level: 'privileged', allowed: false, message: 'host namespaces (hostPID=true)' },
                  after: { level: 'privileged', allowed: false, message: 'host namespaces (hostPID=true)' },
                  changes: [
                    {
                      control: 'seccompProfile',
                      path: 'spec.securityContext.seccompProfile',
                      value: { type: 'RuntimeDefault' },
                    },
                  ],
                  left: [],
                  remaining: [
                    { control: 'hostNamespaces', message: 'host namespaces (hostPID=true)', by: 'author', reasons: [] },
                  ],
                  users: [],
                  breaks: [],
                },
              ],
            },
          ],
        },
      ],
    });
  });
});

describe('a readiness report in Markdown', () => {
  it('has a table of the namespaces, and a section for each that has pods', () => {
    expect(readinessMarkdown(resultsOf(mixed(), empty))).to.equal(`\
## May the level be enforced today?

2 namespaces, 5 pods: 1 blocked (by 2 workloads), 1 ready.

| verdict | namespace | pods | |
|---|---|---|---|
| ❌ blocked by 2 | \`team\` | 5 | \`restricted: 5 pods, 2 would change, 2 stay short (ds/agent), 1 runs as uid 0 (deploy/root)\` |
| ✅ ready | \`empty\` | 0 | \`restricted: no pods\` |

### \`team\`: blocked by 2

\`restricted: 5 pods, 2 would change, 2 stay short (ds/agent), 1 runs as uid 0 (deploy/root)\`

\`its mode is audit: nothing is filled until that is taken away\`

\`1 more has ended or is being deleted: not looked at\`

- \`ds/agent\`, 2 pods, privileged: short
  - \`host namespaces (hostNetwork=true): set by its author\`
- \`deploy/root\`, 1 pod, baseline: image
  - \`app: runs as uid 0 now, which runAsNonRoot would keep from starting (registry.example/app:1)\`

\`\`\`sh
kubectl annotate --overwrite namespace team pod-hardener.io/mode-
kubectl label namespace team pod-security.kubernetes.io/warn=restricted
# UID: a user that these images can run as. Where no evidence of images is kept, use run-as-user instead.
kubectl annotate namespace team pod-hardener.io/root-images=UID
\`\`\`

What an author set is for that author to change: \`pod-hardener check -f FILE\` says where it stands in a manifest, and \`pod-hardener harden -f FILE -i\` fills in the rest of it.
`);
  });
});
