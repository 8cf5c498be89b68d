import type { ApiResponse } from './client.ts';
import { ForbiddenError } from './errors.ts';
import { statusErrorOf } from './list.ts';
import { parseJson } from './objectMeta.ts';

/**
 * Returns the object in an answer about one that the component evidence brings, which is `called` by its kind and name.
 * Throws what an administrator has to do where there is none.
 */
export function evidenceObjectIn(response: ApiResponse, called: string): unknown {
  if (response.status === 404) throw new ForbiddenError(`${called} does not exist: apply the component evidence`);
  if (response.status === 403) {
    throw new ForbiddenError(
      `the API server does not allow reading and writing ${called}: apply the component evidence`,
    );
  }
  if (response.status !== 200) throw statusErrorOf(response);
  return parseJson(response.body);
}
