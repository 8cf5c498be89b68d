import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';

const minimumAgeMs = 5 * 60_000;

/**
 * Says of a request whether its connection is old enough to end with the reply. The API server would keep one for
 * ever: that pins all its calls to one replica, and hides an expired certificate until the next connection.
 */
export function watchConnectionAge(server: Server, now: () => number, random: () => number) {
  const endOf = new WeakMap<object, number>();
  server.on('secureConnection', (socket) => endOf.set(socket, now() + minimumAgeMs * (1 + random())));
  return ({ socket }: IncomingMessage): boolean => now() > (endOf.get(socket) ?? Number.POSITIVE_INFINITY);
}
