import type { V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { cluster, optedIn } from './cluster.ts';
import { container, plainPod } from './pods.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const invalid: readonly { readonly title: string; readonly pod: V1Pod; readonly says: string }[] = [
  {
    title: 'without containers',
    pod: plainPod('app', { containers: [] }),
    says: 'spec.containers: Required value',
  },
  {
    title: 'whose containers have one name',
    pod: plainPod('app', { containers: [container('app'), container('app')] }),
    says: 'spec.containers[1].name: Duplicate value: "app"',
  },
  {
    title: 'whose container has no name',
    pod: plainPod('app', { containers: [container('')] }),
    says: 'spec.containers[0].name: Required value',
  },
  {
    title: 'whose container is privileged and must not escalate',
    pod: withContext({ privileged: true, allowPrivilegeEscalation: false }),
    says: 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
  },
  {
    title: 'with a negative user',
    pod: withContext({ runAsUser: -5 }),
    says: 'securityContext.runAsUser: Invalid value: -5',
  },
  {
    title: 'with a seccomp profile of no known type',
    pod: withContext({ seccompProfile: { type: 'Strict' } }),
    says: 'seccompProfile.type: Unsupported value: "Strict"',
  },
  {
    title: 'for Windows with a field of Linux',
    pod: plainPod('app', { os: { name: 'windows' }, securityContext: { fsGroup: 1 } }),
    says: 'cannot be set for a windows pod',
  },
];

describe('the API server explains a pod', () => {
  let webhook: Webhook;

  before(async () => {
    // Under `Fail` the webhook's refusal to look at a pod would be the explanation.
    webhook = await startWebhook(cluster(), { overrides: { failurePolicy: 'Fail' } });
  });

  after(() => webhook.close());

  for (const { title, pod, says } of invalid) {
    it(`${title} in the same words as without pod-hardener`, async () => {
      const bare = await cluster().createNamespace('bare');
      const team = await cluster().createNamespace('team', { labels: optedIn });
      const without = await cluster().createPod(bare, pod);
      const answer = await cluster().createPod(team, pod);
      expect(without.message).to.include(says);
      expect({ status: answer.status, message: answer.message }).to.deep.equal({
        status: 422,
        message: without.message,
      });
    });
  }
});

function withContext(securityContext: NonNullable<ReturnType<typeof container>['securityContext']>): V1Pod {
  return plainPod('app', { containers: [container('app', { securityContext })] });
}
