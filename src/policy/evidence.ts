/**
 * What is known of the user that an image runs as where its container names none: root; a number that it was seen
 * running as; or a name, which the kubelet cannot verify, with its number where the image was seen running.
 */
export type ImageUser =
  | { readonly state: 'root' }
  | { readonly state: 'uid'; readonly uid: number }
  | { readonly state: 'named'; readonly uid?: number };

/** What is known of an image, asked by the reference that a container gives; undefined when nothing is. Only a hint. */
export type Evidence = (image: string) => ImageUser | undefined;
