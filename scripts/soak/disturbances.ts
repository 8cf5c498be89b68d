import { X509Certificate } from 'node:crypto';
import { issueLeaf } from '../../src/certificates/issue.ts';
import { expectSuccess, mergePatch } from '../../test/e2e/cluster.ts';
import { secretPath } from '../../test/e2e/ownCertificate.ts';
import { until } from '../../test/e2e/until.ts';
import { connect, type Server } from '../../test/webhook/client.ts';
import type { Absence } from './absence.ts';
import { createPause, type Repeated, repeat } from './repeat.ts';
import { type Stage, serviceName } from './stage.ts';
import type { Tally } from './tally.ts';

/** How often something happens in a run of so many seconds, in milliseconds. */
export function pauses(seconds: number): { readonly rotationMs: number; readonly restartMs: number } {
  const within = (least: number, most: number, value: number) => Math.max(least, Math.min(most, value)) * 1000;
  return { rotationMs: within(6, 300, seconds / 15), restartMs: within(8, 900, seconds / 6) };
}

export interface RotationOptions {
  readonly everyMs: number;
  readonly tally: Tally;
  readonly now: () => number;
  readonly onRotation: () => void;
}

/**
 * Puts a certificate into the Secret, again and again, which the webhook is to serve: a fresh one, as another replica
 * would, and every fourth time one that is due, which the webhook has to replace first.
 */
export function startRotations(stage: Stage, { everyMs, tally, now, onRotation }: RotationOptions): Repeated {
  let turn = 0;
  const once = async () => {
    const start = now();
    const [kind, daysAgo] = turn++ % 4 === 0 ? ['a certificate that is due', 61] : ['a certificate that is new', 0];
    const fault = await rotate(stage, daysAgo).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (fault === undefined) onRotation();
    tally.count({ kind, start, fault, reviews: 0 });
  };
  return repeat(everyMs, once, ({ message }) => tally.fault(message));
}

const dayMs = 86_400_000;

/** Were all of them due, the webhook would take it for a fight over the Secret, and take its time. */
async function rotate({ cluster, server, readSecret }: Stage, daysAgo: number): Promise<void> {
  const { 'ca.crt': ca = '', 'ca.key': caKey = '' } = await readSecret();
  const now = new Date(Date.now() - daysAgo * dayMs);
  const { cert, key } = await issueLeaf({ cert: ca, key: caKey }, { hosts: hostsOf(serviceName), now, days: 90 });
  const texts = Object.entries({ 'tls.crt': cert, 'tls.key': key });
  const data = Object.fromEntries(texts.map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
  expectSuccess(await cluster.api.request('PATCH', secretPath, { data }, mergePatch));
  const isServed = async () => {
    const { 'tls.crt': wanted = '' } = await readSecret();
    if (daysAgo > 0 && wanted === cert) return false;
    return (await servedFingerprint(server)) === new X509Certificate(wanted).fingerprint256;
  };
  // It may be waiting before it watches the Secret again, after an API server that went away.
  await until('the certificate is served', isServed, 60);
}

async function servedFingerprint(server: Server): Promise<string> {
  const socket = await connect(server);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** All names by which a Service is called inside a cluster. */
function hostsOf(name: string): readonly string[] {
  const [service = '', namespace = ''] = name.split('.');
  return [name, service, `${service}.${namespace}`, `${name}.cluster.local`];
}

export interface RestartOptions {
  readonly everyMs: number;
  readonly tally: Tally;
  readonly absence: Absence;
  /** Called while the API server still answers. */
  readonly beforeStop: () => Promise<void>;
  readonly onStop: () => void;
}

/** For how long the API server stays away, besides the time that it takes to start, in milliseconds. */
const awayMs = 2_000;

/** Ends the API server, in turns with and without a warning, and starts another one on the same data, again and again. */
export function startRestarts(
  { cluster }: Stage,
  { everyMs, tally, absence, beforeStop, onStop }: RestartOptions,
): Repeated {
  let turn = 0;
  const once = async () => {
    // It may have failed to start the last time.
    if (!absence.isAway()) {
      await beforeStop();
      absence.begin();
      onStop();
      await cluster.stopApiServer(turn++ % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
    }
    await createPause().rest(awayMs);
    await cluster.startApiServer();
    absence.end();
  };
  return repeat(everyMs, once, ({ message }) => tally.fault(`the API server was not restarted: ${message}`));
}
