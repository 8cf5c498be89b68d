import type { Judged, Objection } from '../check.ts';
import { type Control, leave } from '../control.ts';
import { type Container, effective } from '../pod.ts';
import { saysWindows } from '../windows.ts';
import { joinCode, joinQuote, nameContainers, sortedSet } from '../wording.ts';

/** What a container runtime gives by default, and what may therefore be added at the baseline level. */
const defaultCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

/** Capabilities. */
export const capabilities: Control = {
  id: 'capabilities',
  about: {
    title: 'A container gives up the privileges of root',
    meaning:
      "Root's rights are split into capabilities, and container runtimes give a container some of them. Without " +
      'them even root in a container cannot take files of others or forge network packets, and a fault of the ' +
      'kernel is harder to exploit.',
    fields: [
      'spec.containers[*].securityContext.capabilities.drop',
      'spec.containers[*].securityContext.capabilities.add',
    ],
    allowed:
      'at the level restricted `drop` includes `ALL`, spelt so, and `add` nothing but `NET_BIND_SERVICE`, since v1.25 ' +
      `not asked of Windows pods; at the level baseline \`add\` may include ${joinCode(defaultCapabilities)}`,
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
    fills: '`ALL` is put at the end of a `drop` that lacks it. What the author adds or drops stays.',
    mayBreak: [
      {
        what:
          'Programs that give files away, become another user or open raw sockets, such as an entrypoint that ' +
          'runs `chown`.',
        seenIn: 'log',
        messages: ['Operation not permitted'],
        remedy:
          'Its author adds what is needed, such as `add: [CHOWN]`; the level restricted allows no more than ' +
          '`NET_BIND_SERVICE`.',
      },
      {
        what:
          'Listening on a port below 1024 as an ordinary user, with `hostNetwork` or an older container runtime ' +
          'such as containerd 1.6.',
        seenIn: 'log',
        messages: ['bind: Permission denied'],
        remedy:
          'Listen on a higher port; without `hostNetwork`, the sysctl `net.ipv4.ip_unprivileged_port_start` ' +
          'opens the low ones.',
      },
    ],
  },
  leaves: ['set-by-author', 'privileged', 'runs-as-root', 'image-runs-as-root'],
  rules: [
    {
      scope: 'container',
      field: ['capabilities', 'drop'],
      os: 'linux',
      inherits: false,
      isSet: (value) => Array.isArray(value) && value.includes('ALL'),
      isWeaker: () => false,
      fill({ pod, container, values, fromImage, alsoFills }) {
        const { securityContext } = container;
        if (securityContext?.capabilities?.add?.includes('ALL')) return leave('set-by-author');
        if (securityContext?.privileged) return leave('privileged');
        // It would lose what its author made it root for.
        if (effective(pod, container, 'runAsUser') === 0) return leave('runs-as-root');
        // Its author or its namespace sees to it that it never runs as root.
        const isSpared = effective(pod, container, 'runAsNonRoot') === true || alsoFills('runAsUser');
        if (fromImage?.mayBeRoot && !isSpared && values.rootImages !== 'fill') return leave('image-runs-as-root');
        return ['ALL'];
      },
    },
  ],
  checks: [
    { id: 'capabilities_baseline', level: 'baseline', revisions: [{ since: 0, check: mayAddDefaultOnes }] },
    {
      id: 'capabilities_restricted',
      level: 'restricted',
      replaces: 'capabilities_baseline',
      revisions: [
        { since: 22, check: mustDropAll },
        // A Windows pod cannot set the field, and has not been asked to since 1.25.
        { since: 25, check: (judged) => (saysWindows(judged.pod) ? undefined : mustDropAll(judged)) },
      ],
    },
  ],
};

function mayAddDefaultOnes({ containers }: Judged): Objection | undefined {
  const detail = forbiddenAdditions(containers, (capability) => defaultCapabilities.has(capability));
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
}

function mustDropAll({ containers }: Judged): Objection | undefined {
  const missing = containers.filter(({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'));
  const additions = forbiddenAdditions(containers, (capability) => capability === 'NET_BIND_SERVICE');
  const details =
    missing.length > 0 ? [`${nameContainers(missing)} must set securityContext.capabilities.drop=["ALL"]`] : [];
  if (additions !== undefined) details.push(additions);
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
}

function forbiddenAdditions(
  containers: readonly Container[],
  isAllowed: (capability: string) => boolean,
): string | undefined {
  const forbidden: string[] = [];
  const bad = containers.filter(({ securityContext }) => {
    const added = (securityContext?.capabilities?.add ?? []).filter((capability) => !isAllowed(capability));
    forbidden.push(...added);
    return added.length > 0;
  });
  if (bad.length === 0) return undefined;
  return `${nameContainers(bad)} must not include ${joinQuote(sortedSet(forbidden))} in securityContext.capabilities.add`;
}
