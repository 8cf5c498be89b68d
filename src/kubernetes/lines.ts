import { TooLargeError } from './errors.ts';

const newline = 0x0a;

/**
 * Returns a function that takes the chunks of a stream and calls `onLine` with each whole, non-empty line.
 * It holds at most `maxBytes` of an unfinished line and throws TooLargeError beyond.
 */
export function createLineSplitter(maxBytes: number, onLine: (line: string) => void): (chunk: Buffer) => void {
  let held: Buffer[] = [];
  let heldBytes = 0;

  function hold(part: Buffer): void {
    heldBytes += part.length;
    if (heldBytes > maxBytes) {
      held = [];
      throw new TooLargeError(`a line is longer than ${maxBytes} bytes`);
    }
    if (part.length > 0) held.push(part);
  }

  function release(): void {
    const line = Buffer.concat(held, heldBytes).toString('utf8').trim();
    held = [];
    heldBytes = 0;
    if (line !== '') onLine(line);
  }

  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      hold(chunk.subarray(start, end));
      release();
      start = end + 1;
    }
    hold(chunk.subarray(start));
  };
}
