/**
 * Lets the program go on when whoever reads its output has gone away, which is no failure, and ends it with one
 * sentence and 2 when its output cannot be written for another reason, such as a disk that is full.
 */
export function surviveBrokenOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`error: the output cannot be written (${error.code ?? error.message})\n`);
    process.exit(2);
  });
  // There is nobody left to be told.
  process.stderr.on('error', () => {});
}
