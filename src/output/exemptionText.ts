import type { Exemption } from '../admission/exemptions.ts';
import { quoted } from '../admission/words.ts';

/** Who is spared what until when, and who answers for it. */
export function exemptionText({ name, controls, owner, expires }: Exemption): string {
  const until = expires === undefined ? 'without an end' : `until ${expires.written}`;
  return `the exemption ${quoted(name, 63)} spares ${controls.join(', ')} ${until}; its owner is ${quoted(owner, 63)}`;
}
