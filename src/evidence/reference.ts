import { type ImageReference, parseImageReference } from '../admission/imageReference.ts';

/** What a reference to an image says once all that may be left out of it is written out. */
export interface ImageName {
  /** With its registry and without its digest: `docker.io/library/nginx:1.27`. */
  readonly name: string;
  /** `sha256:…`, which alone decides what is run where it is given. */
  readonly digest?: string;
}

/** Far longer than any that a registry serves. */
const longest = 512;

// Exemptions may be written for names that evidence knows nothing of; what is learnt must be of a name that runtimes
// take and registries serve.
const registry = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?$/;
const repository = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const digest = /^sha256:[0-9a-f]{64}$/;
/** A runtime means an image without a name by it: the digest alone, with its algorithm or in place of a name. */
const nameless = /^(?:sha256:[0-9a-f]{64}|[0-9a-f]{64}(?::[^/]*)?(?:@.*)?)$/;

/** Returns the reference as container runtimes understand it: `nginx` is `docker.io/library/nginx:latest`. Undefined if it is none. */
export function parseReference(text: string): ImageName | undefined {
  if (text.length > longest || nameless.test(text)) return undefined;
  const reference = parseImageReference(text);
  if (reference === undefined || !isServed(reference)) return undefined;
  const name = `${reference.registry}/${reference.repository}:${reference.tag ?? 'latest'}`;
  return { name, ...(reference.digest !== undefined && { digest: reference.digest }) };
}

function isServed(reference: ImageReference): boolean {
  if (reference.digest !== undefined && !digest.test(reference.digest)) return false;
  return registry.test(reference.registry) && repository.test(reference.repository);
}

/** Returns a `parseReference` that remembers so many of its answers: most pods are made of the same few images. */
export function createReferenceParser(remembered: number): typeof parseReference {
  const known = new Map<string, { readonly reference: ImageName | undefined }>();
  return (text) => {
    const answer = known.get(text);
    if (answer !== undefined) return answer.reference;
    const reference = parseReference(text);
    if (known.size >= remembered) known.clear();
    if (text.length <= longest) known.set(text, { reference });
    return reference;
  };
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
