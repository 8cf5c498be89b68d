import { sleep } from '../kubernetes/timing.ts';

const afterFaultMs = 15_000;

/**
 * Does the work again and again until the signal is aborted, each time after as many milliseconds as it has answered.
 * What it throws is told, and it is tried again.
 */
export async function repeat(
  work: () => Promise<number>,
  onError: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const waitMs = await work().catch((error: unknown) => {
      onError(error);
      return afterFaultMs;
    });
    await sleep(waitMs, signal);
  }
}

/** Returns what says a reason once, and again when it has changed or had gone; no more once the signal is aborted. */
export function onceEach(say: (reason: string) => void, signal: AbortSignal): (reason: string | undefined) => void {
  let told: string | undefined;
  return (reason) => {
    if (signal.aborted) return;
    if (reason !== undefined && reason !== told) say(reason);
    told = reason;
  };
}
