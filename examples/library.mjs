import { evaluate, harden } from 'pod-hardener';

// What an author wrote: a Pod, or the `template` of a Deployment, a Job or any other workload.
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    containers: [
      { name: 'web', image: 'registry.example/web:1' },
      { name: 'agent', image: 'registry.example/agent:1', securityContext: { privileged: true } },
    ],
  },
};

// What Pod Security admission would say of it.
const before = evaluate(pod, 'restricted');
console.log(`restricted: ${before.allowed}, passes: ${before.level}`);

// What the webhook would fill in, and what it would leave. The pod itself stays as it is.
const hardened = harden(pod, { profile: 'hardened', runAsUser: 1000 });
for (const { control, path, value } of hardened.changes) {
  console.log(`filled ${control}: ${path} = ${JSON.stringify(value)}`);
}
for (const { control, container, reason } of hardened.left) console.log(`left ${control} of ${container}: ${reason}`);

// The same as a JSON Patch, and what would still be objected to.
console.log(`operations: ${hardened.patch.map(({ path }) => path).join(' ')}`);
for (const { reason, detail } of evaluate(hardened.pod).violations) console.log(`objection: ${reason} (${detail})`);
