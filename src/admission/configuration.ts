import { type Profile, profiles } from '../policy/profiles.ts';
import type { Exemption } from './exemptions.ts';
import type { NamespaceKey } from './keys.ts';

/** What a namespace may be annotated with, by our keys without the prefix, in the words of the annotations. */
export type Settings = Readonly<Partial<Record<NamespaceKey, string>>>;

/** A profile, and what applies with it where the namespace says nothing else. */
export interface ConfiguredProfile extends Profile {
  readonly settings?: Settings;
}

/** What an administrator decides for the whole cluster. */
export interface Configuration {
  /** The built-in ones, then the administrator's own. */
  readonly profiles: readonly ConfiguredProfile[];
  /** What applies where neither the namespace nor its profile says anything. */
  readonly defaults: Settings;
  readonly exemptions: readonly Exemption[];
}

/** The configuration without a file. */
export const builtInConfiguration: Configuration = Object.freeze({ profiles, defaults: {}, exemptions: [] });
