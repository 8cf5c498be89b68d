import { type RotationStatus, startRotation } from '../certificates/rotate.ts';
import { createApiClient } from '../kubernetes/client.ts';
import { isLater } from '../kubernetes/objectMeta.ts';
import { watchObject } from '../kubernetes/objectWatch.ts';
import { createSecretStore, decodeSecret, secretForbidden, secretsIn } from '../kubernetes/secret.ts';
import {
  configurationForbidden,
  configurations,
  createTrustStore,
  decodeTrust,
} from '../kubernetes/webhookConfiguration.ts';
import { because } from './because.ts';
import type { CertificateSource, CertificateUser } from './certificateSource.ts';
import type { Log } from './log.ts';
import { ownNamespace } from './ownNamespace.ts';
import type { ServeOptions } from './serveOptions.ts';

/** The certificate in our Secret, which any number of replicas make, renew and have trusted together. */
export async function startSelfManaged(
  options: ServeOptions,
  user: CertificateUser,
  log: Log,
): Promise<CertificateSource> {
  const { webhookName, serviceName, secretName } = options;
  const namespace = options.namespace ?? (await ownNamespace());
  const client = await createApiClient({ kubeconfig: options.kubeconfig, log });
  const ending = new AbortController();
  const place = { namespace, name: secretName };
  const service = { namespace, name: serviceName };
  const rotation = startRotation({
    stores: {
      secrets: createSecretStore(client, place, ending.signal),
      trust: createTrustStore(client, webhookName, service, ending.signal),
    },
    names: namesOf(service),
    ...user,
    isLater,
    log,
  });
  const problems: { secret?: string | undefined; trust?: string | undefined } = {};
  const stops = [
    watchObject({
      client,
      collection: secretsIn(place),
      name: secretName,
      decode: decodeSecret,
      forbidden: secretForbidden(place),
      onSeen: rotation.secretSeen,
      onProblem: (problem) => {
        problems.secret = problem;
      },
      log,
    }),
    watchObject({
      client,
      collection: configurations,
      name: webhookName,
      decode: (object) => decodeTrust(object, service),
      forbidden: configurationForbidden(webhookName),
      onSeen: rotation.trustSeen,
      onProblem: (problem) => {
        problems.trust = problem;
      },
      log,
    }),
  ];
  return {
    notReady: () => reasonsIn(rotation.status(), problems),
    caNotAfter: () => rotation.status().caNotAfter,
    isTrusted: () => rotation.status().isTrusted,
    stop() {
      for (const stop of stops) stop();
      rotation.stop();
      ending.abort();
      client.close();
    },
  };
}

/** All names by which a Service is called inside a cluster. */
function namesOf({ namespace, name }: { readonly namespace: string; readonly name: string }): readonly string[] {
  const full = `${name}.${namespace}.svc`;
  return [full, name, `${name}.${namespace}`, `${full}.cluster.local`];
}

function reasonsIn(
  { isServing, hasSeenSecret, hasSeenTrust, isTrusted, problem }: RotationStatus,
  problems: { readonly secret?: string | undefined; readonly trust?: string | undefined },
): readonly string[] {
  if (!hasSeenSecret) return [`the certificate's Secret has not been read yet${because(problems.secret)}`];
  if (!isServing) return [`there is no certificate yet${because(problem)}`];
  if (!hasSeenTrust) return [`the webhook configuration has not been read yet${because(problems.trust)}`];
  // Where it is not installed nobody is sent here, and whoever installs it waits until we are ready: it comes last.
  return isTrusted === false ? [`the API server does not trust the certificate yet${because(problem)}`] : [];
}
