import { type Control, type Reason, reasons } from './control.ts';

/** What each reason for leaving a field means, in a sentence. */
export const reasonMeanings: Readonly<Record<Reason, string>> = Object.freeze({
  exempt: 'An exemption in the configuration file spares the container.',
  'pod-override': "The pod's own annotation asks to be spared, and the namespace allows that.",
  'unsupported-version': 'The field is newer than the cluster.',
  windows:
    'The pod is for Windows, where the API server refuses most fields; beside a HostProcess container nothing ' +
    'is filled at all.',
  'set-by-author': 'Its author set a weaker value, here or in an annotation from before the field existed.',
  privileged: 'A container is privileged: the field would be refused there, keep it from its work, or do nothing.',
  'adds-sys-admin':
    'The container adds `CAP_SYS_ADMIN`, beside which the API server refuses `allowPrivilegeEscalation: false`.',
  'runs-as-root':
    'Its author runs the container as root, on Windows as ContainerAdministrator, or says that it may be root.',
  'image-runs-as-root':
    'The image is known to run as root, or as a user given by name, behind which root may be: the kubelet would not ' +
    'start the container.',
  'no-run-as-user': 'The container has no user: some runtimes refuse a group without one, others run root with it.',
  'host-namespaces': 'The pod shares a namespace of its node, which the API server refuses in a user namespace.',
  'volume-devices': 'A container uses a raw device, which the API server refuses in a user namespace.',
  'ephemeral-container': 'What the field needs beside it cannot be given to an ephemeral container.',
});

/** Every reason with which a field of the control can be left, in the order in which one goes before another. */
export function reasonsOf({ rules, since, leaves = [] }: Control): readonly Reason[] {
  if (!rules) return [];
  const always: readonly Reason[] = ['exempt', 'pod-override', 'windows'];
  const given = new Set([...always, ...leaves, ...(since === undefined ? [] : ['unsupported-version'])]);
  return reasons.filter((reason) => given.has(reason));
}
