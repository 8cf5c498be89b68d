import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import type { V1MutatingWebhookConfiguration } from '@kubernetes/client-node';
import { configurationPath, type Site } from '../e2e/site.ts';
import type { Replica, Replicas } from './replicas.ts';

const servername = 'pod-hardener.pod-hardener-system.svc';
const pauseMs = 50;

/** The CA bundle by which the API server knows the webhook, in PEM; empty where there is none. */
export async function publishedBundle({ api }: Site): Promise<string> {
  const { body } = await api.request('GET', configurationPath);
  const [webhook] = (body as unknown as V1MutatingWebhookConfiguration).webhooks ?? [];
  return Buffer.from(webhook?.clientConfig.caBundle ?? '', 'base64').toString();
}

/** The certificate that the replica presents; trusts whatever it is. */
export function presented({ address }: Replica): Promise<X509Certificate> {
  return handshake(address);
}

export interface Handshakes {
  /** Answers with how many there were, and why some failed. */
  stop(): Promise<{ readonly made: number; readonly failed: readonly string[] }>;
}

/**
 * Makes new connections to every replica that is ready, trusting what is published and nothing else, without end. The
 * API server goes on using connections that it has: it would not notice for a long time.
 */
export function startHandshakes(site: Site, replicas: Replicas): Handshakes {
  const failed = new Set<string>();
  let [made, stopped] = [0, false];
  const run = async () => {
    while (!stopped) {
      const bundle = await publishedBundle(site);
      for (const replica of replicas.running.filter((one) => one.isReady())) {
        await handshake(replica.address, bundle).then(
          () => made++,
          (error: Error) => replica.isReady() && failed.add(error.message),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      await running;
      return { made, failed: [...failed] };
    },
  };
}

function handshake(host: string, ca?: string): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
    const socket = connect({ host, port: 8443, servername, ALPNProtocols: ['http/1.1'], ...trust }, () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate) resolve(certificate);
      else reject(new Error('no certificate was presented'));
    });
    socket.setTimeout(5_000, () => socket.destroy(new Error('the handshake took too long')));
    socket.once('error', reject);
  });
}
