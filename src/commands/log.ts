import { pino } from 'pino';
import type { LogLevel } from './logLevels.ts';

/** Writes one line: a sentence, and fields for machines. */
export type Log = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

/** A log of JSON lines on stderr, from the level upwards, each with an ISO 8601 time. */
export function createLog(level: LogLevel): Log {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 2, sync: true }),
  );
  return (at, message, fields) => (fields ? logger[at](fields, message) : logger[at](message));
}
