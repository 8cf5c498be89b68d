import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';

const timeoutMs = 5_000;
const loopback: Readonly<Record<string, string>> = { '::': '::1', '0.0.0.0': '127.0.0.1' };

/** The SHA-256 fingerprint of the certificate that a new client of the server is shown. Rejects when it is shown none. */
export function servedFingerprint(server: Server): Promise<string> {
  const { address, port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    // It is compared, not trusted.
    const socket = tls.connect({ host: loopback[address] ?? address, port, rejectUnauthorized: false });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no handshake in time')));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
  });
}
