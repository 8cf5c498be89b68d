import type { Row } from '../bench/table.ts';

/** Counts what a process logs, a line of JSON at a time, and keeps none of it. */
export function createLogTally() {
  const counts = new Map<string, number>();
  let rest = '';

  function count(line: string): void {
    const { level, message } = parsed(line);
    if (level === 'info' || level === 'debug') return;
    const key = `${level}: ${message.replace(/\bnamespace \S+/, 'namespace …')}`;
    const known = counts.has(key) || counts.size < maxMessages ? key : 'others';
    counts.set(known, (counts.get(known) ?? 0) + 1);
  }

  return {
    hear(text: string): void {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) count(line);
    },
    /** How often each message was logged that is more than news, the most frequent first. */
    rows: (): readonly Row[] =>
      [...counts]
        .sort(([, one], [, other]) => other - one)
        .map(([key, times]) => ({ 'what it logged': key.slice(0, 66), times })),
  };
}

const maxMessages = 100;

function parsed(line: string): { readonly level: string; readonly message: string } {
  try {
    const { level, message } = JSON.parse(line) as Record<string, unknown>;
    return { level: String(level), message: String(message) };
  } catch {
    return { level: 'no JSON', message: line };
  }
}
