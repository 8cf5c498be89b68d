import { keyPrefix, overridesAnnotation } from '../admission/keys.ts';
import type { Reason } from '../policy/control.ts';

/** What to do about a field that was left with each reason, in a sentence; what is code stands in backticks. */
export const leftAdvice: Readonly<Record<Reason, string>> = Object.freeze({
  exempt: 'Ask the owner of the exemption, which is in the configuration file.',
  'pod-override': `Take the control out of \`${overridesAnnotation}\` on the pod, or forbid that on the namespace.`,
  'unsupported-version': 'Upgrade the cluster.',
  windows: 'Nothing is to be done; the level restricted asks for `spec.os.name: windows`.',
  'set-by-author': 'Take the value out where it is written, so that it is filled, or write a stronger one.',
  privileged: 'Take `privileged: true` out, if the container can do without.',
  'adds-sys-admin': 'Take `CAP_SYS_ADMIN` out of `capabilities.add`, if the container can do without.',
  'runs-as-root': 'Take out what makes it root (`runAsUser: 0`, `runAsNonRoot: false`), if the image can do without.',
  'image-runs-as-root':
    `Give the image another user by number (\`USER 1000\`), or the container (\`runAsUser\`), or say in ` +
    `\`${keyPrefix}root-images\` on the namespace what to do with such images.`,
  'no-run-as-user': `Give it a user, too: \`${keyPrefix}run-as-user\` on the namespace, or \`runAsUser\`.`,
  'host-namespaces': 'Take `hostNetwork`, `hostPID` and `hostIPC` out, if the pod can do without.',
  'volume-devices': 'Take `volumeDevices` out, if the pod can do without.',
  'ephemeral-container': 'Nothing is to be done: it goes with the pod.',
});
