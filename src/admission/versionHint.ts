import { suggestion } from './words.ts';

/** `; did you mean "v1.30"?` for a version of Kubernetes written in another way, or nothing where none can be seen. */
export function versionHint(text: string): string {
  const [, minor, alone] = /^v?(?:1\.(\d{1,2})(?:\D.*)?|(\d{2}))$/i.exec(text.trim()) ?? [];
  const found = minor ?? alone;
  return found === undefined ? suggestion(text, ['latest']) : `; did you mean "v1.${Number(found)}"?`;
}
