import type { Exemption } from '../admission/exemptions.ts';
import { quoted } from '../admission/words.ts';
import type { ExemptionUse } from '../readiness/readiness.ts';
import { workloadName } from '../readiness/workloadName.ts';

/** Who is spared what until when, and who answers for it. */
export function exemptionText({ name, controls, owner, expires }: Exemption): string {
  const until = expires === undefined ? 'without an end' : `until ${expires.written}`;
  return `the exemption ${quoted(name, 63)} spares ${controls.join(', ')} ${until}; its owner is ${quoted(owner, 63)}`;
}

const mostWorkloads = 3;

/** The same, or that it does not apply any more, and whom it means. */
export function exemptionUseText({ exemption, isExpired, workloads }: ExemptionUse): string {
  const names = workloads.slice(0, mostWorkloads).map(workloadName);
  const rest = workloads.length - names.length;
  const whom = rest === 0 ? names.join(', ') : `${names.join(', ')} and ${rest} more`;
  return `${isExpired ? expiredText(exemption) : exemptionText(exemption)} (${whom})`;
}

function expiredText({ name, owner, expires }: Exemption): string {
  return `the exemption ${quoted(name, 63)} expired (${expires?.written}); its owner is ${quoted(owner, 63)}`;
}
