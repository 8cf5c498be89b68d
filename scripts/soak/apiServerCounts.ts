import { parseSeries, type Series } from '../../test/e2e/prometheus.ts';
import type { Stage } from './stage.ts';

/** What the API server says of its calls of our webhook, over all API servers of the run. */
export interface ApiServerCounts {
  readonly failOpen: number;
  /** Pods that it refused because the call failed. */
  readonly rejected: number;
}

/** Adds up what each API server has counted; one that is started anew begins at 0. */
export function createApiServerCounts({ cluster }: Pick<Stage, 'cluster'>) {
  const sum = { failOpen: 0, rejected: 0 };
  const of = (series: Series, name: string, label = '') =>
    Object.entries(series)
      .filter(([key]) => key.startsWith(`${name}{`) && key.includes('"pods.pod-hardener.io"') && key.includes(label))
      .reduce((total, [, value]) => total + value, 0);
  return {
    /** To be called before an API server ends, and once at the end. */
    async add(): Promise<void> {
      const { text } = await cluster.api.request('GET', '/metrics');
      const series = parseSeries(text, 'apiserver_admission_webhook_');
      sum.failOpen += of(series, 'apiserver_admission_webhook_fail_open_count');
      const failed = 'error_type="calling_webhook_error"';
      sum.rejected += of(series, 'apiserver_admission_webhook_rejection_count', failed);
    },
    counts: (): ApiServerCounts => ({ ...sum }),
  };
}
