import { fitsGlob, type Glob, parseGlob } from './glob.ts';

/** The reference of an image, taken apart and written in full: `nginx` is `docker.io`, `library/nginx`. */
export interface ImageReference {
  readonly registry: string;
  readonly repository: string;
  /** Undefined where none is written. */
  readonly tag: string | undefined;
  /** With its algorithm: `sha256:…`. Where there is one, container runtimes do not look at the tag. */
  readonly digest: string | undefined;
}

/** Which images are meant, ready to be held against references. */
export interface ImagePattern {
  readonly written: string;
  readonly registry: Glob;
  /** One for each folder. */
  readonly repository: readonly Glob[];
  /** Undefined where any tag is meant. */
  readonly tag: Glob | undefined;
  readonly digest: string | undefined;
}

/** The longest reference that is looked at; registries allow far less. */
const maxLength = 1024;

const host = /^([a-z0-9]+([.-]+[a-z0-9]+)*|\[[0-9a-f:]+\])(:\d{1,5})?$/;
const repository = /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
const tagged = /^\w[\w.-]{0,127}$/;
const digested = /^[a-z0-9]+([+._-][a-z0-9]+)*:[0-9a-f]{32,}$/;

/** The reference, as container runtimes understand it; undefined for what is none. */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > maxLength) return undefined;
  const reference = takeApart(text);
  const isFit =
    host.test(reference.registry) &&
    repository.test(reference.repository) &&
    (reference.tag === undefined || tagged.test(reference.tag)) &&
    (reference.digest === undefined || digested.test(reference.digest));
  return isFit ? reference : undefined;
}

/**
 * The pattern of a reference: as one, with `*` for anything but a slash. Without a registry it stands for Docker Hub,
 * without tag and digest for all of them. Undefined for what is none.
 */
export function parseImagePattern(text: string): ImagePattern | undefined {
  // Read with a letter for each asterisk, it has to be a reference that somebody could write.
  if (text.includes('**') || !parseImageReference(text.replace(/:\*(?=\/)/, ':0').replaceAll('*', 'x')))
    return undefined;
  const { registry, repository, tag, digest } = takeApart(text);
  return {
    written: text,
    registry: parseGlob(registry),
    repository: repository.split('/').map(parseGlob),
    tag: tag === undefined ? undefined : parseGlob(tag),
    digest,
  };
}

/** Whether the image is one of those that the pattern stands for. */
export function fitsImage(image: ImageReference, pattern: ImagePattern): boolean {
  if (!fitsGlob(image.registry, pattern.registry)) return false;
  const names = image.repository.split('/');
  if (names.length !== pattern.repository.length) return false;
  if (!pattern.repository.every((glob, index) => fitsGlob(names[index] ?? '', glob))) return false;
  if (pattern.digest !== undefined) return image.digest === pattern.digest;
  if (pattern.tag === undefined) return true;
  // Whoever writes a digest can write any tag beside it.
  return image.digest === undefined && fitsGlob(image.tag ?? 'latest', pattern.tag);
}

function takeApart(text: string): ImageReference {
  const [named = '', digest] = splitAt(text, text.indexOf('@'));
  const colon = named.lastIndexOf(':');
  const [name = '', tag] = splitAt(named, colon > named.lastIndexOf('/') ? colon : -1);
  const [first = '', rest] = splitAt(name, name.indexOf('/'));
  if (rest === undefined || !isRegistry(first)) return { registry: hub, repository: onHub(name), tag, digest };
  const registry = first.toLowerCase();
  if (registry !== hub && registry !== `index.${hub}`) return { registry, repository: rest, tag, digest };
  return { registry: hub, repository: onHub(rest), tag, digest };
}

const hub = 'docker.io';

/** What stands before the first slash is a registry only where it could be no folder of Docker Hub. */
function isRegistry(name: string): boolean {
  return /[.:]/.test(name) || name === 'localhost' || name !== name.toLowerCase();
}

function onHub(name: string): string {
  return name.includes('/') ? name : `library/${name}`;
}

function splitAt(text: string, index: number): readonly [string, string | undefined] {
  return index === -1 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}
