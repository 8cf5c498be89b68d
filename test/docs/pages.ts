import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The text of a document in `docs`. */
export function pageOf(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');
}

/** The commands in the shell blocks of a document, each on one line. */
export function commandsIn(page: string): readonly string[] {
  const blocks = [...page.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].map(([, , text = '']) => text);
  return blocks.flatMap((text) =>
    text
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
}
