import type { RootImages } from '../policy/control.ts';
import type { SeccompProfile } from '../policy/pod.ts';
import { findWord, type Parsed, quoted, suggestion } from './words.ts';

/** One of the allowed words; the fallback, and a problem, for any other. */
export function parseWord<T extends string>(text: string, allowed: readonly T[], fallback: T): Parsed<T> {
  const word = findWord(text, allowed);
  if (word !== undefined) return understood(word);
  const nearest = suggestion(text, allowed);
  if (nearest !== '') return notUnderstood(fallback, `${quoted(text)} is unknown${nearest} Using ${fallback}`);
  return notUnderstood(fallback, `${quoted(text)} is none of ${allowed.join(', ')}; using ${fallback}`);
}

/** The largest id that the API server accepts. */
export const largestId = 2147483647;

/** An id of a user or a group, 1 to 2147483647. Root's is none of them. */
export function parseId(text: string): Parsed<number | undefined> {
  const id = idOf(text);
  return id === undefined ? notUnderstood(undefined, notAnId(text)) : understood(id);
}

/** A comma list of ids; those that are none are left out. */
export function parseIds(text: string): Parsed<readonly number[] | undefined> {
  const ids = new Set<number>();
  const problems: string[] = [];
  for (const item of listItems(text)) {
    const id = idOf(item);
    if (id === undefined) problems.push(notAnId(item));
    else ids.add(id);
  }
  return { value: ids.size === 0 ? undefined : [...ids], problems };
}

/** `RuntimeDefault`, or `Localhost/` and a path below the kubelet's folder of profiles. */
export function parseSeccompProfile(text: string): Parsed<SeccompProfile | undefined> {
  const [, type, path] = /^([^/]*)(?:\/(.*))?$/s.exec(text.trim()) ?? [];
  const word = findWord(type ?? '', ['RuntimeDefault', 'Localhost']);
  if (word === 'RuntimeDefault' && path === undefined) return understood(Object.freeze({ type: word }));
  if (word === 'Localhost' && path !== undefined && isRelativePath(path)) {
    return understood(Object.freeze({ type: word, localhostProfile: path }));
  }
  const problem = `${quoted(text)} is neither RuntimeDefault nor Localhost/<path>; using RuntimeDefault`;
  return notUnderstood(undefined, problem);
}

const rootImages = ['leave', 'fill'] as const;

/** `leave`, `fill`, or the id of a user; anything else leaves. */
export function parseRootImages(text: string): Parsed<RootImages> {
  const id = idOf(text);
  if (id !== undefined) return understood(id);
  if (findWord(text, rootImages) !== undefined || suggestion(text, rootImages) !== '') {
    return parseWord(text, rootImages, 'leave');
  }
  return notUnderstood('leave', `${quoted(text)} is neither leave, fill nor the id of a user; using leave`);
}

/** A version of the Pod Security Standards: `latest` or `v1.` and a minor. */
export function parseVersion(text: string): Parsed<string> {
  const version = text.trim().toLowerCase();
  if (version === 'latest' || /^v1\.(0|[1-9]\d{0,2})$/.test(version)) return understood(version);
  return notUnderstood('latest', `${quoted(text)} is neither "latest" nor like "v1.36"; using latest`);
}

/** A comma list of absolute paths, each written in one way; those that are not absolute are left out. */
export function parsePaths(text: string): Parsed<readonly string[] | undefined> {
  const paths = new Set<string>();
  const problems: string[] = [];
  for (const item of listItems(text)) {
    const path = canonicalPath(item);
    if (path === undefined) problems.push(`${quoted(item)} is not an absolute path and is left out`);
    else paths.add(path);
  }
  // A list without a single good path is one that could not be read; an empty list asks for no path.
  return { value: paths.size === 0 && problems.length > 0 ? undefined : [...paths], problems };
}

/** The members of a comma list, without surrounding space and empty ones. */
export function listItems(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function idOf(text: string): number | undefined {
  const digits = text.trim();
  if (!/^\d{1,10}$/.test(digits)) return undefined;
  const id = Number(digits);
  return id >= 1 && id <= largestId ? id : undefined;
}

function notAnId(text: string): string {
  return `${quoted(text)} is not an integer from 1 to ${largestId} and is not used`;
}

function isRelativePath(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
}

/** The path without repeated and last slashes; undefined where it is none that a volume can be mounted at. */
function canonicalPath(path: string): string | undefined {
  const names = path.split('/').filter((name) => name !== '');
  const isFit = path.startsWith('/') && names.length > 0 && !/[:\p{Cc}]/u.test(path);
  return isFit && !names.some((name) => name === '.' || name === '..') ? `/${names.join('/')}` : undefined;
}

function understood<T>(value: T): Parsed<T> {
  return { value, problems: [] };
}

function notUnderstood<T>(value: T, problem: string): Parsed<T> {
  return { value, problems: [problem] };
}
