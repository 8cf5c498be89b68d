import type { Configuration } from '../admission/configuration.ts';
import { keyPrefix, profileKey } from '../admission/keys.ts';
import { isNamespaceName } from '../admission/namespaceName.ts';
import { type NamespaceRecord, policyOf, writtenProfile } from '../admission/namespacePolicy.ts';
import { findWord } from '../admission/words.ts';
import type { NamespaceReadiness } from './readiness.ts';
import { isInTheWay } from './userFindings.ts';

const modeKey = `${keyPrefix}mode`;
const standards = 'pod-security.kubernetes.io/';

/**
 * What to type so that the level is enforced, or as much of it as may be done today: commands for a shell, and comments.
 * None where nothing is left to do, or the webhook is never called.
 */
export function nextSteps(
  assessed: Omit<NamespaceReadiness, 'steps'>,
  namespace: NamespaceRecord,
  configuration?: Configuration,
): readonly string[] {
  const { level, verdict, isSystem } = assessed;
  // The names in manifests are whatever somebody wrote, and not for a shell.
  if (!isNamespaceName(namespace.name)) return [];
  if (level === 'privileged' || (isSystem && verdict !== 'ready')) return [];
  if (verdict === 'ready') return label(namespace, enforcing('enforce', assessed));
  const opting = optingIn(assessed, namespace, configuration);
  if (verdict === 'ready with fills')
    return [...opting.annotations, ...label(namespace, { ...opting.labels, ...enforcing('enforce', assessed) })];
  return [
    ...opting.annotations,
    ...label(namespace, { ...opting.labels, ...enforcing('warn', assessed) }),
    ...rootImages(assessed, namespace),
  ];
}

type Labels = Readonly<Record<string, string>>;

function enforcing(mode: 'enforce' | 'warn', { level, version }: Omit<NamespaceReadiness, 'steps'>): Labels {
  return { [standards + mode]: level, ...(version !== 'latest' && { [`${standards}${mode}-version`]: version }) };
}

/** What makes the webhook fill, as far as the namespace does not say so already. */
function optingIn(
  { profile, version }: Omit<NamespaceReadiness, 'steps'>,
  namespace: NamespaceRecord,
  configuration: Configuration | undefined,
): { readonly labels: Labels; readonly annotations: readonly string[] } {
  const isSaid = findWord(writtenProfile(namespace) ?? '', [profile]) !== undefined;
  const { [modeKey]: _, ...unmoded } = namespace.annotations;
  const labels = { ...namespace.labels, [profileKey]: profile };
  const [own, without] = [namespace.annotations, unmoded].map((annotations) =>
    policyOf({ ...namespace, labels, annotations }, configuration),
  );
  const changes = [
    ...(own?.mode === 'fill' ? [] : [without?.mode === 'fill' ? `${modeKey}-` : `${modeKey}=fill`]),
    ...(own?.version === version ? [] : [`${keyPrefix}profile-version=${version}`]),
  ];
  return {
    labels: isSaid ? {} : { [profileKey]: profile },
    annotations:
      changes.length === 0 ? [] : [`kubectl annotate --overwrite namespace ${namespace.name} ${changes.join(' ')}`],
  };
}

/** The command that sets those of the labels that the namespace does not have. */
function label({ name, labels }: NamespaceRecord, wanted: Labels): readonly string[] {
  const missing = Object.entries(wanted).filter(([key, value]) => labels[key] !== value);
  if (missing.length === 0) return [];
  const overwrite = missing.some(([key]) => labels[key] !== undefined) ? '--overwrite ' : '';
  return [`kubectl label ${overwrite}namespace ${name} ${missing.map(([key, value]) => `${key}=${value}`).join(' ')}`];
}

/** Only the administrator can know a user that these images may run as. */
function rootImages({ workloads }: Omit<NamespaceReadiness, 'steps'>, { name }: NamespaceRecord): readonly string[] {
  const isAsked = workloads.some(({ shapes }) => shapes.some(({ users }) => users.some(isInTheWay)));
  if (!isAsked) return [];
  return [
    '# UID: a user that these images can run as. Where no evidence of images is kept, use run-as-user instead.',
    `kubectl annotate namespace ${name} ${keyPrefix}root-images=UID`,
  ];
}
