import { keyPrefix, profileKey } from './keys.ts';
import type { NamespaceRecord } from './namespacePolicy.ts';
import { parseVersion, parseWord } from './values.ts';
import { type Parsed, quoted } from './words.ts';

/** A profile that is tried beside the one in force, and a version of the standards where that is another one, too. */
export interface ShadowProfile {
  readonly profile: string;
  readonly version?: string;
}

/** A profile of these names, or a profile and a version: `restricted@v1.36`. None where either is not understood. */
export function parseShadow(text: string, names: readonly string[]): Parsed<ShadowProfile | undefined> {
  const at = text.indexOf('@');
  const { value: profile, problems } = parseWord(at === -1 ? text : text.slice(0, at), names, 'none');
  if (problems.length > 0) return { value: undefined, problems };
  if (at === -1) return { value: { profile }, problems };
  const written = text.slice(at + 1);
  const version = parseVersion(written);
  if (version.problems.length === 0) return { value: { profile, version: version.value }, problems };
  return { value: undefined, problems: [`${quoted(written)} is neither "latest" nor like "v1.36"; using none`] };
}

/** The namespace as it would be with the profile that is tried, and all else as it is. */
export function inShadow(namespace: NamespaceRecord, { profile, version }: ShadowProfile): NamespaceRecord {
  const { [shadowKey]: _, [profileKey]: __, ...annotations } = namespace.annotations;
  return {
    name: namespace.name,
    labels: { ...namespace.labels, [profileKey]: profile },
    annotations: { ...annotations, ...(version !== undefined && { [versionKey]: version }) },
  };
}

const shadowKey = `${keyPrefix}shadow-profile`;
const versionKey = `${keyPrefix}profile-version`;
