/** Something that is done again and again. */
export interface Repeated {
  /** Resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** Rests for so many milliseconds, does it, and so on, until it is stopped. A failure is told, and is not the end. */
export function repeat(restMs: number, act: () => Promise<void>, onError: (error: Error) => void): Repeated {
  const pause = createPause();
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      await pause.rest(restMs);
      if (!stopped) await act().catch(onError);
    }
  })();
  return {
    stop() {
      stopped = true;
      pause.end();
      return running;
    },
  };
}

/** A pause that can be cut short, and then every later one. */
export function createPause() {
  let ended = false;
  let wake = () => {};
  return {
    rest: (ms: number) =>
      new Promise<void>((resolve) => {
        if (ended) return resolve();
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    end() {
      ended = true;
      wake();
    },
  };
}
