/** What the kubelet found out about an image when it refused to start a container of it as non-root. */
export type Refusal = 'root' | 'named';

const willRunAsRoot = 'container has runAsNonRoot and image will run as root';
const nonNumeric =
  /^container has runAsNonRoot and image has non-numeric user \((.*)\), cannot verify user is non-root(?: \(|$)/s;

/**
 * Returns what a waiting container's reason and message, the kubelet's own words, say of its image. Undefined when they
 * say nothing of it, as where the `runAsUser` of the pod's author breaks the policy.
 */
export function refusalIn({
  reason,
  message,
}: {
  readonly reason: string;
  readonly message: string;
}): Refusal | undefined {
  if (reason !== 'CreateContainerConfigError') return undefined;
  if (message === willRunAsRoot || message.startsWith(`${willRunAsRoot} (`)) return 'root';
  const name = nonNumeric.exec(message)?.[1];
  // The kubelet looks no name up, not even this one.
  return name === undefined ? undefined : name === 'root' ? 'root' : 'named';
}
