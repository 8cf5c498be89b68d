import { keyPrefix, overridesAnnotation } from '../admission/keys.ts';
import type { NamespaceRecord, Policy } from '../admission/namespacePolicy.ts';
import { listItems } from '../admission/values.ts';
import { type Level, levels } from '../policy/level.ts';
import { explanationOf } from './explanation.ts';

/** What to do about a field with which a pod does not work, as commands to paste. */
export interface WayOut {
  /** Keeps the field filled, and makes the pod work with it, where there is such a way; words in capitals are to be replaced. */
  readonly keep?: string;
  /** Has the field not filled in the namespace any more. */
  readonly spare: string;
  /** The level that Pod Security admission enforces there, and that asks for the field. */
  readonly enforced?: Level;
}

/** What is known of the namespace of a pod. */
export interface Grounds {
  /** Empty where none is named. */
  readonly namespace: string;
  readonly policy?: Policy | undefined;
  /** The namespace as it is now, where that could be read. */
  readonly record?: NamespaceRecord | undefined;
}

/** The way out for a control. */
export function wayOutOf(control: string, grounds: Grounds): WayOut {
  const annotate = (key: string, value: string) =>
    `kubectl annotate namespace ${grounds.namespace || 'NAMESPACE'} --overwrite ${key}=${shellWord(value)}`;
  const help = helpOf(control, grounds.policy);
  const enforced = enforcedLevel(control, grounds.record);
  return {
    ...(help && { keep: annotate(keyPrefix + help.key, help.value) }),
    spare: annotate(overridesAnnotation, sparing(control, grounds)),
    ...(enforced && { enforced }),
  };
}

function helpOf(
  control: string,
  policy: Policy | undefined,
): { readonly key: string; readonly value: string } | undefined {
  if (control === 'runAsNonRoot' || control === 'runAsUser') return { key: 'run-as-user', value: 'UID' };
  if (control !== 'readOnlyRootFilesystem') return undefined;
  return { key: 'writable-paths', value: [...(policy?.values.writablePaths ?? ['/tmp']), 'PATH'].join(',') };
}

/** What the namespace's annotation `controls` has to say for the control to be spared, beside what it says already. */
function sparing(control: string, { policy, record }: Grounds): string {
  const others = listItems(record?.annotations[overridesAnnotation] ?? '').filter((item) => {
    return item.replace(/^[+-]/, '').split('=')[0]?.trim().toLowerCase() !== control.toLowerCase();
  });
  const isAsked = policy !== undefined && !policy.profileControls.includes(control) && !isGiven(control, policy);
  return [...others, ...(isAsked ? [] : [`-${control}`])].join(',');
}

/** Whether a value that the namespace gives is what makes the control take part. */
function isGiven(control: string, { values }: Policy): boolean {
  return control in values;
}

const enforceLabel = 'pod-security.kubernetes.io/enforce';

/** The enforced level, where it refuses a pod without the field. */
function enforcedLevel(control: string, record: NamespaceRecord | undefined): Level | undefined {
  const enforced = levels.find((level) => level === record?.labels[enforceLabel]);
  const demanded = explanationOf(control).controls[0]?.demandedBy;
  if (!enforced || !demanded) return undefined;
  return levels.indexOf(enforced) >= levels.indexOf(demanded) ? enforced : undefined;
}

/** The text as one word of a shell. */
function shellWord(text: string): string {
  return /^[\w+,.=/:-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
