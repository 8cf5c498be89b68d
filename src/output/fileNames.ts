import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The file as it is named from the folder, without `./`; absolute where it is not below the folder. */
export function fileBelow(folder: string, file: string): string {
  const path = resolve(folder, file);
  const name = relative(folder, path);
  const isBelow = name !== '..' && !name.startsWith(`..${sep}`) && !isAbsolute(name);
  return isBelow ? name.split(sep).join('/') : path;
}

/** The file as a URI reference (RFC 3986): relative to the folder, or a `file:` URI where it is not below. */
export function fileUri(folder: string, file: string): string {
  const name = fileBelow(folder, file.replace(/\p{Cs}/gu, '\uFFFD'));
  return isAbsolute(name) ? pathToFileURL(name).href : name.split('/').map(encodeURIComponent).join('/');
}
