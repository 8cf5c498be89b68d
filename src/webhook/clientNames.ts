import type { IncomingMessage, RequestListener } from 'node:http';
import type { PeerCertificate, TLSSocket } from 'node:tls';

/**
 * The handler, for requests of clients whose certificate is in one of these names: its subject's CN, or a DNS name or URI
 * among its alternative names. Others are answered 403. Without names, the handler itself.
 */
export function onlyFor(names: readonly string[], handler: RequestListener): RequestListener {
  if (names.length === 0) return handler;
  const allowed = new Set(names);
  const known = new WeakMap<object, boolean>();
  const isAllowed = ({ socket }: IncomingMessage): boolean => {
    const answer =
      known.get(socket) ?? namesIn((socket as TLSSocket).getPeerCertificate()).some((one) => allowed.has(one));
    known.set(socket, answer);
    return answer;
  };
  return (request, response) => {
    if (isAllowed(request)) return handler(request, response);
    response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
    response.end('the client certificate is in the name of nobody who may call\n');
  };
}

function namesIn({ subject, subjectaltname = '' }: Partial<PeerCertificate>): readonly string[] {
  const common: unknown = subject?.CN;
  const commonNames = Array.isArray(common) ? common.map(String) : typeof common === 'string' ? [common] : [];
  // A comma within a name is escaped, so none can pass for two.
  const alternatives = subjectaltname.split(', ').flatMap((one) => /^(?:DNS|URI):(.+)$/.exec(one)?.[1] ?? []);
  return [...commonNames, ...alternatives];
}
