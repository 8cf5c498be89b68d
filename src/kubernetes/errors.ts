/** The API server answered with a status other than 200. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, retryAfterMs?: number) {
    super(`the API server answered ${status}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What came cannot be trusted to continue what is in memory: everything has to be listed again. */
export class ResyncError extends Error {
  override readonly name = 'ResyncError';
}

/** A response or a line was longer than its limit; no more of it was read. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** The API server was not heard for as long as we wait. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The API server does not allow us something; the message says what, and what to do about it. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
}

/** Nothing says which cluster to ask. */
export class NoKubeconfigError extends Error {
  override readonly name = 'NoKubeconfigError';
}

/**
 * Returns one clause for logs and messages: why a request failed. Codes of the operating system are kept, texts of
 * unknown origin are not, since a credential plugin may print anything.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof StatusError || error instanceof ResyncError) return error.message;
  if (error instanceof ForbiddenError) return error.message;
  if (error instanceof TooLargeError || error instanceof TimeoutError) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return `the connection to the API server failed (${code})`;
  return 'the request to the API server failed';
}

/** Settles as the work does, but rejects with an error whose message is the reason in one clause. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
}
