import type { Said, Speak } from '../evidence/stores.ts';

export interface SpeakerOptions {
  readonly next: () => Said | undefined;
  readonly speak: Speak;
  /** Told why something could not be said, and of undefined when something could. */
  readonly complain: (reason: string | undefined) => void;
}

/** Between two Events, and between two looks whether there is one. */
const speakMs = 100;
const idleMs = 500;
const retryMs = 5_000;
const mostAttempts = 10;

/**
 * Returns what says the next of what is waiting to be said, and answers with the milliseconds until the one after it.
 * What cannot be said is tried again for a minute.
 */
export function createSpeaker({ next, speak, complain }: SpeakerOptions): () => Promise<number> {
  let said: Said | undefined;
  let attempts = 0;

  return async () => {
    said ??= next();
    if (said === undefined) return idleMs;
    try {
      await speak(said);
      complain(undefined);
    } catch (error) {
      complain(error instanceof Error ? error.message : String(error));
      attempts += 1;
      if (attempts < mostAttempts) return retryMs;
    }
    [said, attempts] = [undefined, 0];
    return speakMs;
  };
}
