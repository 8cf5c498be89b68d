import type { ApiClient } from '../../test/e2e/apiClient.ts';

/** What a series of pod creations took. */
export interface Creates {
  readonly perSecond: number;
  /** The milliseconds that each of them took. */
  readonly milliseconds: readonly number[];
}

export interface CreatesOptions {
  readonly count: number;
  /** How many clients create pods at the same time, each one after another. */
  readonly atOnce: number;
}

/** Creates the pod again and again as a dry run: all of admission, and nothing stored. Throws when one is refused. */
export async function createPods(
  api: ApiClient,
  namespace: string,
  pod: object,
  { count, atOnce }: CreatesOptions,
): Promise<Creates> {
  const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
  const body = JSON.stringify(pod);
  const milliseconds: number[] = [];
  let begun = 0;
  const client = async () => {
    while (begun++ < count) {
      const start = performance.now();
      const { status, text } = await api.request('POST', path, body);
      milliseconds.push(performance.now() - start);
      if (status !== 201) throw new Error(`a pod in ${namespace} was refused: ${text}`);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, client));
  const seconds = (performance.now() - start) / 1000;
  return { perSecond: count / seconds, milliseconds };
}
