/** The words for what is to be explained, and the files to look for it in. */
export interface ExplainedWords {
  readonly words: readonly string[];
  readonly files?: readonly string[];
}

/** A kind, with or without a name: what a file is mostly not called. */
const kindAndName = /^[a-z]+(\/[a-z0-9][a-z0-9.-]*)?$/i;

/**
 * Tells what is to be explained from files, where it stands behind them: kubectl takes `-f FILE pod/web`, and an option
 * that takes several files would take that, too. What there is as a file is one.
 */
export function explainedWords(
  args: readonly string[],
  written: readonly string[] | undefined,
  isThere: (file: string) => boolean,
): ExplainedWords {
  if (!written) return { words: args };
  const isWord = (text: string, index: number) => index > 0 && kindAndName.test(text) && !isThere(text);
  return {
    words: [...args, ...written.filter(isWord)],
    files: written.filter((text, index) => !isWord(text, index)),
  };
}
