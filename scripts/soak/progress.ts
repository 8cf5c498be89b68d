import { shown } from '../bench/table.ts';
import type { Sample } from './sampler.ts';

/** How long a run was meant to be, in seconds, and how it goes. */
export interface Going {
  readonly seconds: number;
  readonly lost: number;
  readonly isAway: boolean;
}

/** How the run goes in one line, what matters most first. */
export function progressLine(sample: Sample, { seconds, lost, isAway }: Going): string {
  const { at, heapMiB, rssMiB, descriptors, lagMs, reviews } = sample;
  const parts = [
    `${clock(at)}/${clock(seconds)}`,
    `${lost} lost`,
    `heap ${shown(heapMiB)}/${shown(rssMiB)} MiB`,
    `${descriptors} files`,
    `lag ${Math.round(lagMs)} ms`,
    `${Math.round(reviews)}/s`,
    ...(isAway ? ['away'] : []),
  ];
  return parts.join('  ');
}

/** Minutes and seconds: `0:07`, `12:30`. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Shows how the run goes: each second in the same line of a terminal, elsewhere every ten seconds or every minute. */
export function createProgress(stream: NodeJS.WriteStream, seconds: number) {
  const everySeconds = seconds <= 1200 ? 10 : 60;
  let next = everySeconds;
  return {
    show(sample: Sample, going: Omit<Going, 'seconds'>): void {
      const line = progressLine(sample, { seconds, ...going });
      // A line that the terminal breaks would not be written over.
      if (stream.isTTY) stream.write(`\r\u001b[K${line.slice(0, stream.columns - 1)}`);
      else if (sample.at >= next) {
        next += everySeconds;
        stream.write(`soak: ${line}\n`);
      }
    },
    end(): void {
      if (stream.isTTY) stream.write('\r\u001b[K');
    },
  };
}
