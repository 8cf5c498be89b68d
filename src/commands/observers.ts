import type { Metrics } from '../metrics/metrics.ts';
import { createRecorder, recordAdvice } from '../metrics/record.ts';
import type { AdviceReply } from '../webhook/adviceReply.ts';
import type { Reply } from '../webhook/reply.ts';
import { logAdvice } from './adviceLog.ts';
import type { Log } from './log.ts';
import { logReply } from './reviewLog.ts';
import type { createShadowing } from './shadowing.ts';

/** Returns what counts and logs a reply. The sender has it already, so a fault in here is logged and goes no further. */
export function observeReply(
  metrics: Metrics,
  maxNamespaces: number,
  log: Log,
  shadowing: ReturnType<typeof createShadowing>,
): (reply: Reply, seconds: number) => void {
  const record = createRecorder(metrics, maxNamespaces);
  return (reply, seconds) => {
    try {
      const shadow = shadowing(reply);
      record(reply, seconds, shadow);
      logReply(log, reply, seconds, shadow);
    } catch (error) {
      log('error', 'A reply could not be counted or logged.', { error: String(error) });
    }
  };
}

/** Returns what does the same of a request for advice. */
export function observeAdvice(metrics: Metrics, log: Log): (reply: AdviceReply, seconds: number) => void {
  return (reply, seconds) => {
    try {
      recordAdvice(metrics, reply);
      logAdvice(log, reply, seconds);
    } catch (error) {
      log('error', 'A reply could not be counted or logged.', { error: String(error) });
    }
  };
}

/** Returns what counts and logs an exchange of the certificate. */
export function observeExchange(metrics: Metrics, log: Log): (notAfter: number) => void {
  return (notAfter) => {
    metrics.certificateReloads.inc({ result: 'success' });
    log('info', 'The certificate was exchanged.', { notAfter: new Date(notAfter).toISOString() });
  };
}

/** Returns what counts and logs a certificate that is not taken over. */
export function observeRefusal(metrics: Metrics, log: Log): (reason: string) => void {
  return (reason) => {
    metrics.certificateReloads.inc({ result: 'failure' });
    log('error', 'The certificate was not exchanged; the last one stays.', { error: reason });
  };
}
