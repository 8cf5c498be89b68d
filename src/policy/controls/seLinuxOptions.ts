import type { CheckPod, Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import type { SeLinuxOptions } from '../pod.ts';
import { joinQuote, nameSetters, pluralize, sortedSet } from '../wording.ts';

/** SELinux. */
export const seLinuxOptions: Control = {
  id: 'seLinuxOptions',
  about: {
    title: 'Only SELinux types made for containers are used',
    meaning:
      'SELinux keeps the types that are made for containers from the files of the node. Another type, or a user ' +
      'or role of its own choice, may not be kept from them.',
    fields: [
      'spec.securityContext.seLinuxOptions.{type,user,role}',
      'spec.containers[*].securityContext.seLinuxOptions.{type,user,role}',
    ],
    allowed:
      '`type` none, `container_t`, `container_init_t`, `container_kvm_t` or, since v1.31, `container_engine_t`; ' +
      '`user` and `role` none',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  },
  checks: [
    {
      id: 'seLinuxOptions',
      level: 'baseline',
      revisions: [
        { since: 0, check: mustKeepTo(['', 'container_t', 'container_init_t', 'container_kvm_t']) },
        {
          since: 31,
          check: mustKeepTo(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']),
        },
      ],
    },
  ],
};

function mustKeepTo(types: readonly string[]): CheckPod {
  const isForbidden = (type: string) => !types.includes(type);
  return ({ pod, containers }: Judged): Objection | undefined => {
    const isBad = (options: SeLinuxOptions | null | undefined) =>
      options != null && (isForbidden(options.type ?? '') || Boolean(options.user) || Boolean(options.role));
    const own = pod.spec.securityContext?.seLinuxOptions;
    const bad = containers.filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions));
    const setters = nameSetters(isBad(own), bad);
    if (setters === '') return undefined;
    const all = [own, ...bad.map(({ securityContext }) => securityContext?.seLinuxOptions)].filter(isBad);
    const badTypes = sortedSet(all.map((options) => options?.type ?? '').filter(isForbidden));
    const details = [
      ...(badTypes.length > 0 ? [`${pluralize('type', 'types', badTypes.length)} ${joinQuote(badTypes)}`] : []),
      ...(all.some((options) => options?.user) ? ['user may not be set'] : []),
      ...(all.some((options) => options?.role) ? ['role may not be set'] : []),
    ];
    const detail = `${setters} set forbidden securityContext.seLinuxOptions: ${details.join('; ')}`;
    return { reason: 'seLinuxOptions', detail };
  };
}
