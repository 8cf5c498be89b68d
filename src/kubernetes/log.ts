/** Where this folder reports what it sees; never given a token, a key or the body of an object. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>) => void;
