import type { Configuration } from '../../src/admission/configuration.ts';
import { decodeConfiguration } from '../../src/admission/decodeConfiguration.ts';
import { toDotted } from '../../src/policy/path.ts';

type Json = Readonly<Record<string, unknown>>;

/** A file with these members. */
export function configurationFile(members: Json): Json {
  return { apiVersion: 'pod-hardener.io/v1alpha1', kind: 'Configuration', ...members };
}

/** The configuration of such a file. */
export function configurationOf(members: Json): Configuration {
  const decoded = decodeConfiguration(configurationFile(members));
  if ('faults' in decoded) throw new Error(JSON.stringify(decoded.faults));
  return decoded;
}

/** What is wrong with such a file, as sentences. */
export function faultsIn(members: Json): readonly string[] {
  const decoded = decodeConfiguration(configurationFile(members));
  return 'faults' in decoded ? decoded.faults.map(({ path, problem }) => `${toDotted(path)}: ${problem}`) : [];
}

/** An exemption with what every one needs, and these members. */
export function exemptionOf(members: Json = {}): Json {
  return {
    name: 'ldap',
    controls: ['runAsNonRoot'],
    match: { namespaces: ['team'] },
    owner: 'team-a',
    reason: 'It binds port 389 as root.',
    ...members,
  };
}
