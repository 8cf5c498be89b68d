import { issueLeaf } from '../../src/certificates/issue.ts';
import { expectSuccess, mergePatch } from '../../test/e2e/cluster.ts';
import { secretPath } from '../../test/e2e/ownCertificate.ts';
import { until } from '../../test/e2e/until.ts';
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

/** Leaves a certificate in the Secret that is due, again and again: the webhook is to make another and to serve that. */
export function startRotations(stage: Stage, { everyMs, tally, now, onRotation }: RotationOptions): Repeated {
  const once = async () => {
    const start = now();
    const fault = await rotate(stage).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (fault === undefined) onRotation();
    tally.count({ kind: 'a certificate that is due', start, fault, reviews: 0 });
  };
  return repeat(everyMs, once, ({ message }) => tally.fault(message));
}

const dayMs = 86_400_000;

async function rotate({ cluster, readSecret }: Stage): Promise<void> {
  const { 'ca.crt': ca = '', 'ca.key': caKey = '' } = await readSecret();
  const sixtyOneDaysAgo = new Date(Date.now() - 61 * dayMs);
  const due = await issueLeaf(
    { cert: ca, key: caKey },
    { hosts: hostsOf(serviceName), now: sixtyOneDaysAgo, days: 90 },
  );
  const texts = Object.entries({ 'tls.crt': due.cert, 'tls.key': due.key });
  const data = Object.fromEntries(texts.map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
  expectSuccess(await cluster.api.request('PATCH', secretPath, { data }, mergePatch));
  // It may be waiting before it watches the Secret again, after an API server that went away.
  await until('another certificate is in the Secret', async () => (await readSecret())['tls.crt'] !== due.cert, 60);
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
export function startRestarts({ cluster }: Stage, { everyMs, tally, absence, beforeStop, onStop }: RestartOptions): Repeated {
  let turn = 0;
  const once = async () => {
    await beforeStop();
    absence.begin();
    onStop();
    await cluster.stopApiServer(turn++ % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
    await createPause().rest(awayMs);
    await cluster.startApiServer();
    absence.end();
  };
  return repeat(everyMs, once, ({ message }) => tally.fault(`the API server was not restarted: ${message}`));
}
