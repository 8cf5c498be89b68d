import type { Log } from './log.ts';
import type { ServeOptions } from './serveOptions.ts';
import { makeCertificate, readCertificate, type ServingCertificate, watchCertificate } from './servingCertificate.ts';

/** Where the certificate comes from, and how it is doing. */
export interface CertificateSource {
  /** Why no request should be sent here now, one sentence each. */
  readonly notReady: () => readonly string[];
  /** When the authority expires, in milliseconds since 1970, where it is ours. */
  readonly caNotAfter: () => number | undefined;
  /** Whether the API server trusts what is served, where that is ours to know. */
  readonly isTrusted: () => boolean | undefined;
  readonly stop: () => void;
}

/** Who is told of certificates. */
export interface CertificateUser {
  /** Serves the certificate from now on; throws when that is impossible. */
  readonly serve: (certificate: ServingCertificate) => void;
  /** Told why a changed certificate is not served. */
  readonly onRefused: (reason: string) => void;
}

/**
 * Begins to hand certificates to their user: from files and from memory the first one before this resolves, from our
 * Secret when the API server has it. Rejects when the files cannot be served.
 */
export async function startCertificates(
  options: ServeOptions,
  host: string | undefined,
  user: CertificateUser,
  log: Log,
): Promise<CertificateSource> {
  const { tls, tlsCertFile: certFile, tlsKeyFile: keyFile } = options;
  if (tls === 'self-managed') {
    const { startSelfManaged } = await import('./selfManaged.ts');
    return startSelfManaged(options, user, log);
  }
  if (!certFile || !keyFile) {
    user.serve(await makeCertificate(host, log));
    return quiet(() => {});
  }
  const first = await readCertificate(certFile, keyFile, Date.now());
  user.serve(first);
  return quiet(watchCertificate({ certFile, keyFile }, first, user.serve, ({ message }) => user.onRefused(message)));
}

function quiet(stop: () => void): CertificateSource {
  return { notReady: () => [], caNotAfter: () => undefined, isTrusted: () => undefined, stop };
}
