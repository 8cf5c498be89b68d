import type { Part } from './decodeConfiguration.ts';
import type { Exemption, Expiry, Match } from './exemptions.ts';
import { parseGlob } from './glob.ts';
import { type ImagePattern, parseImagePattern } from './imageReference.ts';
import type { Fault } from './shape.ts';
import { parseTime } from './time.ts';
import { quoted } from './words.ts';

/** An exemption as it is written. Any of it may also be undefined, which is a fault that is known by then. */
export interface WrittenExemption extends Omit<Exemption, 'match' | 'expires'> {
  readonly match?: WrittenMatch | undefined;
  readonly expires?: string | undefined;
}

interface WrittenMatch extends Pick<Match, 'command' | 'args'> {
  readonly namespaces?: readonly (string | undefined)[];
  readonly images?: readonly (string | undefined)[];
}

/** The exemption, ready to be held against pods; what is wrong with it is added to the faults. */
export function decodeExemption({ path, written }: Part<WrittenExemption>, faults: Fault[]): Exemption {
  const { match = {}, expires, ...rest } = written;
  const { namespaces, images: patterns, ...words } = match;
  const images = patterns?.flatMap((text, index): readonly ImagePattern[] => {
    if (text === undefined) return [];
    const pattern = parseImagePattern(text);
    if (pattern) return [pattern];
    const problem = `${quoted(text, 60)} is no reference of an image, in which * stands for anything but a slash`;
    faults.push({ path: [...path, 'match', 'images', index], problem });
    return [];
  });
  const expiry = expires === undefined ? undefined : decodeExpiry(expires);
  if (expires !== undefined && !expiry) {
    faults.push({ path: [...path, 'expires'], problem: `${quoted(expires, 40)} is no day or time that there is` });
  }
  return Object.freeze({
    ...rest,
    match: {
      ...(namespaces && { namespaces: namespaces.flatMap((text) => (text === undefined ? [] : [parseGlob(text)])) }),
      ...(images && { images }),
      ...words,
    },
    ...(expiry && { expires: expiry }),
  });
}

function decodeExpiry(written: string): Expiry | undefined {
  const at = parseTime(written);
  return at === undefined ? undefined : { written, at };
}
