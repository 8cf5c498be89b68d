/** What takes about a millisecond. */
const partSize = 100;

/**
 * Returns what does the work for each of many, but never for so many at once that a review would have to wait. What the
 * work throws is told, and the others go on.
 */
export function inSmallParts<T>(
  work: (one: T) => void,
  onError: (error: unknown) => void,
  signal: AbortSignal,
): (one: T) => void {
  let waiting: T[] = [];

  function doSome(): void {
    if (signal.aborted) return;
    const some = waiting.slice(0, partSize);
    for (const one of some) {
      try {
        work(one);
      } catch (error) {
        onError(error);
      }
    }
    waiting = waiting.slice(partSize);
    if (waiting.length > 0) setImmediate(doSome);
  }

  return (one) => {
    waiting.push(one);
    if (waiting.length === 1) setImmediate(doSome);
  };
}
