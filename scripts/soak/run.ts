import { parseSeries } from '../../test/e2e/prometheus.ts';
import { until } from '../../test/e2e/until.ts';
import { type Absence, createAbsence } from './absence.ts';
import type { Mark } from './chart.ts';
import { startChurn } from './churn.ts';
import { directErrands } from './directErrands.ts';
import { pauses, startRestarts, startRotations } from './disturbances.ts';
import { startLoad } from './load.ts';
import { podErrands } from './podErrands.ts';
import { createRefusals } from './refusals.ts';
import { createPause } from './repeat.ts';
import { type Sample, startSampler } from './sampler.ts';
import { startSiege } from './siege.ts';
import type { Stage } from './stage.ts';
import { createTally, type Tally } from './tally.ts';

/** Everything that is known of a run when it is over. */
export interface Run {
  /** How long it was. */
  readonly seconds: number;
  readonly samples: readonly Sample[];
  readonly marks: readonly Mark[];
  readonly tally: Tally;
  /** Pods that the API servers refused because a call of the webhook failed, by their own count. */
  readonly refused: number;
  /** Reviews that the webhook counts as answered with 200. */
  readonly counted: number;
}

export interface RunOptions {
  /** How long it is meant to be. */
  readonly seconds: number;
  /** Ends it early. */
  readonly interrupted: Promise<void>;
  readonly onSample: (sample: Sample, tally: Tally, absence: Absence) => void;
}

/** What is under way may have to wait for an API server that starts; nothing takes longer but what is never answered. */
const endMs = 90_000;

/** Lets everything happen to the webhook at the same time, for so long, and watches it. */
export async function runOn(stage: Stage, { seconds, interrupted, onSample }: RunOptions): Promise<Run> {
  const started = performance.now();
  const now = () => (performance.now() - started) / 1000;
  const absence = createAbsence(now);
  const tally = createTally(absence);
  const marks: Mark[] = [];
  const refusals = createRefusals(stage);
  await refusals.begin();
  const countedBefore = await countedBy(stage);
  let isOver = false;
  const ended = stage.installation.process.ended.then((how) => {
    if (!isOver) tally.fault(`the webhook ended with ${how}`);
  });
  const sampler = startSampler(stage, tally, now, (sample) => onSample(sample, tally, absence));
  const { errands, close } = directErrands(stage.server);
  const { rotationMs, restartMs } = pauses(seconds);
  const onRotation = () => marks.push({ at: now(), letter: 'r' });
  const onStop = () => marks.push({ at: now(), letter: 'R' });
  const stops = [
    startLoad(podErrands(stage), { tally, now, atOnce: 4, restMs: 40 }),
    startLoad(errands, { tally, now, atOnce: 3, restMs: 40 }),
    startSiege(stage.server, tally).stop,
    startChurn(stage, tally, now).stop,
    startRotations(stage, { everyMs: rotationMs, tally, now, onRotation }).stop,
    startRestarts(stage, { everyMs: restartMs, tally, absence, beforeStop: refusals.add, onStop }).stop,
  ];
  const pause = createPause();
  await Promise.race([pause.rest(seconds * 1000), interrupted, ended]);
  pause.end();
  const lasted = now();
  await sampler.stop();
  const stopped = Promise.all(stops.map((stop) => stop())).then(() => true);
  const inTime = await Promise.race([
    stopped,
    createPause()
      .rest(endMs)
      .then(() => false),
  ]);
  if (!inTime) tally.fault(`something is still not answered ${endMs / 1000} s after the end`);
  close();
  // Of one that has ended early nothing more can be known, and that it has is told.
  const isAlive = !stage.installation.process.hasEnded();
  for (const check of isAlive ? [refusals.add, () => checkAfterwards(stage, tally)] : [refusals.add]) {
    await check().catch(({ message }: Error) => tally.fault(message));
  }
  const counted = (await countedBy(stage).catch(() => Number.NaN)) - countedBefore;
  isOver = true;
  const code = await stage.installation.process.stop();
  if (isAlive && code !== 0) tally.fault(`the webhook ended with ${code} when it was told to end`);
  return { seconds: lasted, samples: sampler.samples, marks, tally, refused: refusals.count(), counted };
}

/** What must hold when nothing is asked any more. */
async function checkAfterwards({ cluster, installation }: Stage, tally: Tally): Promise<void> {
  const { text } = await cluster.api.request(
    'GET',
    '/api/v1/namespaces?labelSelector=pod-hardener.io/profile&limit=500',
  );
  const there = (JSON.parse(text) as { readonly items: readonly unknown[] }).items.length;
  const optedIn = 'pod_hardener_opted_in_namespaces';
  const inFlight = 'pod_hardener_admission_requests_in_flight';
  await until('nothing is in flight, and the opted-in namespaces are those that there are', async () => {
    const series = await installation.series(optedIn, inFlight);
    const known = Object.entries(series).filter(([key]) => key.startsWith(optedIn));
    return series[inFlight] === 0 && known.reduce((sum, [, count]) => sum + count, 0) === there;
  }).catch((error: Error) => tally.fault(error.message));
  const errors = await installation.series('pod_hardener_errors_total').catch(() => parseSeries(''));
  for (const stage of ['decide', 'self_check', 'encode']) {
    const count = errors[`pod_hardener_errors_total{stage="${stage}"}`] ?? 0;
    if (count > 0) tally.fault(`${count} faults of its own at the stage ${stage}`);
  }
}

async function countedBy({ installation }: Stage): Promise<number> {
  const requests = await installation.series('pod_hardener_admission_requests_total');
  const answered = Object.entries(requests).filter(([key]) => !key.includes('outcome="failed"'));
  return answered.reduce((sum, [, count]) => sum + count, 0);
}
