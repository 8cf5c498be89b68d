import type { Server } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';

export interface DrainOptions {
  /** How long to go on answering while the endpoints forget this process, in milliseconds. */
  readonly delayMs: number;
  /** How long a request that is still running may take after that, in milliseconds. */
  readonly graceMs: number;
}

/**
 * Ends a server without losing a request: it goes on accepting and answering for the delay (each reply must say
 * `Connection: close` by then), stops listening, lets running requests finish, and resolves when no connection is left.
 */
export async function drain(server: Server, { delayMs, graceMs }: DrainOptions): Promise<void> {
  await wait(delayMs);
  // Connections that wait to be accepted would be reset.
  await new Promise((resolve) => setImmediate(resolve));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(deadline);
}
