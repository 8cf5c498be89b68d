import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { programInShell } from '../program.ts';

/** A command that a document shows, and what it shows of its output. */
interface Shown {
  readonly command: string;
  readonly output: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the document shows of commands that read the examples. */
function shownIn(text: string): readonly Shown[] {
  return [...text.matchAll(/```console\n\$ (pod-hardener (?:[^\n]*\|\n)*[^\n]*)\n(.*?)```/gs)]
    .map(([, command = '', output = '']) => ({ command, output }))
    .filter(({ command }) => command.includes('-f examples'));
}

/** What the command prints: of a pipe, what comes out of its end. */
async function run(command: string): Promise<string> {
  const streams = command.includes('|') ? '2>/dev/null' : '2>&1';
  const { stdout } = await promisify(execFile)(
    'bash',
    ['-c', `pod-hardener() { ${programInShell()} "$@"; }\n{ ${command}\n} ${streams} || true`],
    {
      cwd: root,
    },
  );
  return stdout;
}

const pages = { 'docs/check.md': 7, 'docs/report.md': 1 };

for (const [page, least] of Object.entries(pages)) {
  describe(page, () => {
    const shown = shownIn(readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8'));

    it('shows commands that read the examples', () => {
      expect(shown.length).to.be.at.least(least);
    });

    for (const { command, output } of shown.filter((one) => !one.command.includes('jq '))) {
      it(`shows what is printed by ${command}`, async () => {
        expect(await run(command)).to.equal(output);
      });
    }
  });
}
