import type { Position } from './position.ts';

/** Says in one sentence what is wrong with a manifest, and where: file, document, line and column. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** The error for a part of a file. Documents are named only where the file has several of them. */
export function manifestError(file: string, problem: string, at: Position, document?: number): ManifestError {
  const which = document === undefined ? '' : `document ${document + 1}, `;
  return new ManifestError(`${file}: ${which}line ${at.line}, column ${at.column}: ${problem}`);
}
