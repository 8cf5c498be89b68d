import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';

const minimumAgeMs = 5 * 60_000;

/**
 * Says of a request whether its connection is old enough to end with the reply. The API server would keep one for
 * ever: that pins all its calls to one replica, and hides an expired certificate until the next connection. `elapsed`
 * never goes back, nor jumps ahead: all connections would end at once.
 */
export function watchConnectionAge(server: Server, elapsed: () => number, random: () => number) {
  const endOf = new WeakMap<object, number>();
  server.on('secureConnection', (socket) => endOf.set(socket, elapsed() + minimumAgeMs * (1 + random())));
  return ({ socket }: IncomingMessage): boolean => elapsed() > (endOf.get(socket) ?? Number.POSITIVE_INFINITY);
}
