import type { Position } from './position.ts';

/** Where something stands. */
interface Place {
  /** As it is named by whoever asks: standard input has a name, too. */
  readonly file?: string;
  readonly at?: Position;
  /** The number of the document, from 0, where its file has several. */
  readonly document?: number | undefined;
}

/** Says in one sentence what is wrong with a manifest, and where, as far as that is known: file, document, line and column. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  /** The sentence without the place. */
  readonly text: string;
  readonly file: string | undefined;
  readonly at: Position | undefined;

  constructor(text: string, place: Place = {}) {
    super([...partsOf(place), text].join(': '));
    this.text = text;
    this.file = place.file;
    this.at = place.at;
  }
}

function partsOf({ file, at, document }: Place): readonly string[] {
  const which = document === undefined ? '' : `document ${document + 1}, `;
  return [...(file === undefined ? [] : [file]), ...(at ? [`${which}line ${at.line}, column ${at.column}`] : [])];
}

/** The error for a part of a file. */
export function manifestError(file: string, text: string, at: Position, document?: number): ManifestError {
  return new ManifestError(text, { file, at, document });
}
