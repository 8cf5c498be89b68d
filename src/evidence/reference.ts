/** What a reference to an image says once all that may be left out of it is written out. */
export interface ImageReference {
  /** With its registry and without its digest: `docker.io/library/nginx:1.27`. */
  readonly name: string;
  /** `sha256:…`, which alone decides what is run where it is given. */
  readonly digest?: string;
}

/** Far longer than any that a registry serves. */
const longest = 512;

const path = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const registry = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?$/;
const tag = /^\w[\w.-]{0,127}$/;
const digest = /^sha256:[0-9a-f]{64}$/;

/** Returns the reference as container runtimes understand it: `nginx` is `docker.io/library/nginx:latest`. Undefined if it is none. */
export function parseReference(text: string): ImageReference | undefined {
  // A runtime names an image without a name by its digest alone.
  if (text.length > longest || digest.test(text)) return undefined;
  const [named = '', written, ...more] = text.split('@');
  if (more.length > 0 || (written !== undefined && !digest.test(written))) return undefined;
  // A colon before the last slash is that of a port.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const repository = repositoryOf(colon === -1 ? named : named.slice(0, colon));
  const label = colon === -1 ? 'latest' : named.slice(colon + 1);
  if (repository === undefined || !tag.test(label)) return undefined;
  return { name: `${repository}:${label}`, ...(written !== undefined && { digest: written }) };
}

/** Returns a `parseReference` that remembers so many of its answers: most pods are made of the same few images. */
export function createReferenceParser(remembered: number): typeof parseReference {
  const known = new Map<string, { readonly reference: ImageReference | undefined }>();
  return (text) => {
    const answer = known.get(text);
    if (answer !== undefined) return answer.reference;
    const reference = parseReference(text);
    if (known.size >= remembered) known.clear();
    if (text.length <= longest) known.set(text, { reference });
    return reference;
  };
}

function repositoryOf(text: string): string | undefined {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const host = isHost ? first.toLowerCase() : 'docker.io';
  const rest = isHost ? text.slice(slash + 1) : text;
  if (!registry.test(host) || !path.test(rest) || /^[0-9a-f]{64}$/.test(text)) return undefined;
  const home = host === 'index.docker.io' ? 'docker.io' : host;
  return home === 'docker.io' && !rest.includes('/') ? `${home}/library/${rest}` : `${home}/${rest}`;
}

/**
 * Returns the digest in an `imageID` as the runtimes write it: `docker.io/library/nginx@sha256:…`, behind
 * `docker-pullable://`, or bare where the image came from no registry. Undefined if there is none.
 */
export function digestOf(imageId: string): string | undefined {
  if (imageId.length > 2 * longest) return undefined;
  const last = imageId.slice(Math.max(imageId.lastIndexOf('@'), imageId.lastIndexOf('/')) + 1);
  return digest.test(last) ? last : undefined;
}
