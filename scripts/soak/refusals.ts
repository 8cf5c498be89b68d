import { parseSeries } from '../../test/e2e/prometheus.ts';
import type { Stage } from './stage.ts';

/** Adds up how many pods each API server of a run refused because a call of our webhook failed, by its own count. */
export function createRefusals({ cluster }: Pick<Stage, 'cluster'>) {
  let sum = 0;
  // One that is started anew begins at 0.
  let before = 0;

  async function read(): Promise<number> {
    const { text } = await cluster.api.request('GET', '/metrics');
    const series = Object.entries(parseSeries(text, 'apiserver_admission_webhook_rejection_count'));
    const ours = series.filter(([key]) => /"calling_webhook_error".*"pods\.pod-hardener\.io"/.test(key));
    return ours.reduce((total, [, value]) => total + value, 0);
  }

  return {
    /** To be called when the run begins: what came before is not counted. */
    async begin(): Promise<void> {
      before = await read();
    },
    /** To be called before an API server ends, and once at the end. */
    async add(): Promise<void> {
      sum += (await read()) - before;
      before = 0;
    },
    count: () => sum,
  };
}
