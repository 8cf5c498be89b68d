import { inspectKeyPair } from '../certificates/inspect.ts';
import { readTexts, watchFiles } from '../files/watchFiles.ts';
import type { KeyPair } from '../webhook/server.ts';
import type { Log } from './log.ts';

/** The certificate that is served, and until when, in milliseconds since 1970. */
export interface ServingCertificate extends KeyPair {
  readonly notAfter: number;
  /** What a client must trust, in PEM, where we made the certificate ourselves. */
  readonly caCert?: string;
}

const lookAgainMs = 2_000;
const daysInMemory = 365;

/** The certificate and key in two files. Rejects with one sentence when they cannot be served. */
export async function readCertificate(certFile: string, keyFile: string, now: number): Promise<ServingCertificate> {
  const [cert = '', key = ''] = await readTexts([certFile, keyFile]);
  return { cert, key, ...inspectKeyPair(cert, key, now) };
}

/** Calls back with every new certificate that may be served, and with the error of one that may not. */
export function watchCertificate(
  { certFile, keyFile }: { readonly certFile: string; readonly keyFile: string },
  { cert, key }: KeyPair,
  onChange: (certificate: ServingCertificate) => void,
  onError: (error: Error) => void,
): () => void {
  const take = ([newCert = '', newKey = '']: readonly string[]) =>
    onChange({ cert: newCert, key: newKey, ...inspectKeyPair(newCert, newKey, Date.now()) });
  return watchFiles([certFile, keyFile], [cert, key], lookAgainMs, take, onError);
}

/** A certificate for this machine, made in memory and gone with the process. */
export async function makeCertificate(host: string | undefined, log: Log): Promise<ServingCertificate> {
  const hosts = [...new Set(['localhost', '127.0.0.1', '::1', ...(host ? [host] : [])])];
  const { issueCertificates } = await import('../certificates/issue.ts');
  const now = new Date();
  const { cert, key, caCert } = await issueCertificates({ hosts, now, days: daysInMemory });
  log('info', 'A certificate was made in memory; clients need this caBundle.', {
    hosts,
    caBundle: Buffer.from(caCert).toString('base64'),
  });
  return { cert, key, caCert, ...inspectKeyPair(cert, key, now.getTime()) };
}
