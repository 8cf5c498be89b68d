import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPaint, usesColour } from '../src/output/paint.ts';
import { wrap } from '../src/output/wrap.ts';
import { openSharedCluster } from '../test/e2e/cluster.ts';
import { buildImage } from '../test/webhook/image.ts';
import { createReport } from './bench/report.ts';
import type { Row } from './bench/table.ts';
import { controlPlaneAssets } from './controlPlane.ts';
import { runScript, signalCodes } from './runScript.ts';
import { chartOf } from './soak/chart.ts';
import { chartsOf, seriesRows, verdictsOf } from './soak/findings.ts';
import { createLogTally } from './soak/logTally.ts';
import { minutesIn } from './soak/minutes.ts';
import { createProgress } from './soak/progress.ts';
import { type Run, runOn } from './soak/run.ts';
import { setStage } from './soak/stage.ts';
import type { Verdict } from './soak/verdicts.ts';

const help = `Usage: npm run soak [-- MINUTES]

Runs the bundled webhook in a real control plane for 10 minutes, or as many as
you say (also 0.5), and shows whether it leaks, stalls or loses requests. All at
once: pods of all kinds through the API server, hostile requests straight to the
webhook, namespaces that come and go, certificates that are due, and an API
server that is restarted.

Ends with pictures of memory, descriptors and lag, and a verdict on each. The
exit code is 1 if one of them is bad. The same, and every sample, is in
.bench/soak.json afterwards. Ctrl-C ends it early, with the same report.
Linux only; docs/performance.md says how to read it.

  KUBEBUILDER_ASSETS=DIR   where etcd and kube-apiserver are; else they are
                           built once with Go
`;

await runScript(help, say, async (args) => {
  const minutes = minutesIn(args);
  if (typeof minutes === 'number') return soak(minutes);
  say(`${minutes.problem}. \`npm run soak -- --help\` says more.`);
  return 2;
});

/** Answers 0 when every promise was kept. */
async function soak(minutes: number): Promise<number> {
  const interrupted = untilInterrupted();
  const assets = await controlPlaneAssets(process.env, say);
  const folder = mkdtempSync(join(tmpdir(), 'pod-hardener-soak-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const image = await buildImage(folder);
  say('starting etcd, kube-apiserver and the webhook');
  // Large pods stand in the audit log. It is not kept for longer than anybody needs it.
  const apiServer = { 'audit-log-maxsize': 10, 'audit-log-maxbackup': 1 };
  const cluster = await openSharedCluster(assets, { apiServer, processes: { detached: true } });
  const log = createLogTally();
  const progress = createProgress(process.stderr, minutes * 60);
  try {
    const stage = await setStage(image.runtime, log.hear);
    interrupted.begin();
    const run = await runOn(stage, {
      seconds: minutes * 60,
      interrupted: interrupted.promise,
      onSample: (sample, { totals }, absence) => progress.show(sample, { lost: totals.lost, isAway: absence.isAway() }),
    });
    progress.end();
    const verdicts = verdictsOf(run);
    await show(run, log.rows(), verdicts);
    return verdicts.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    progress.end();
    await cluster.stop();
  }
}

/** Everything about the run, for people on stdout and for programs in a file. */
async function show(run: Run, logged: readonly Row[], verdicts: readonly Verdict[]): Promise<void> {
  const { samples, seconds, marks, counted, refused, tally } = run;
  const report = createReport('soak');
  for (const chart of chartsOf(run)) console.log(`\n${chartOf(chart).join('\n')}`);
  console.log('\n  r  the certificate was exchanged    R  the API server was restarted');
  report.table('How it went', seriesRows(run));
  report.table('What was done', tally.rows());
  if (logged.length > 0) report.table('Warnings and errors in the log', logged);
  console.log('\nVerdict\n');
  const { NO_COLOR: noColour } = process.env;
  const paint = createPaint(usesColour('auto', { isTerminal: process.stdout.isTTY, noColour: Boolean(noColour) }));
  for (const { ok, sentence } of verdicts) {
    const lines = wrap(sentence, ok ? '  ok   ' : '  BAD  ', '       ');
    console.log(ok ? lines.replace('ok', paint('green', 'ok')) : lines.replace('BAD', paint('red', 'BAD')));
  }
  const reasons = Object.fromEntries(tally.lost);
  await report.save({ seconds, marks, verdicts, reasons, counted, ...tally.totals, refused, samples });
}

/** The first signal ends the run early, once it has begun; any other ends everything at once. */
function untilInterrupted() {
  let hasBegun = false;
  let interrupt = () => {};
  const promise = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  for (const [signal, code] of Object.entries(signalCodes)) {
    process.on(signal, () => {
      // What was started is ended by those who hear of the exit.
      if (!hasBegun) process.exit(code);
      hasBegun = false;
      console.error();
      say('ending what is under way; the same again ends it at once');
      interrupt();
    });
  }
  return {
    promise,
    begin() {
      hasBegun = true;
    },
  };
}

function say(line: string): void {
  console.error(`soak: ${line}`);
}
