import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { policyOf } from '../../src/admission/namespacePolicy.ts';
import { controls } from '../../src/policy/controls/index.ts';
import { programInShell } from '../program.ts';
import { commandsIn, pageOf } from './pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = ['troubleshooting.md', 'rollout.md'];

/** What a command prints, and how it ends, with `pod-hardener` as it is in this working copy. */
async function run(command: string, folder: string): Promise<{ readonly out: string; readonly status: number }> {
  const script = `pod-hardener() { ${programInShell()} "$@"; }\n${command} 2>/dev/null; echo "status $?"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder });
  const [, out = '', status] = /^([\s\S]*)status (\d+)\n$/.exec(stdout) ?? [];
  return { out, status: Number(status) };
}

function withoutBreaks(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

describe('docs/troubleshooting.md', () => {
  const page = pageOf('troubleshooting.md');

  it('has every message that a control knows of what may break by it', () => {
    const text = withoutBreaks(page);
    const messages = controls.flatMap(({ about }) => (about.mayBreak ?? []).flatMap((one) => one.messages));
    expect(messages).to.have.length.above(15);
    expect(messages.filter((message) => !text.includes(message))).to.deep.equal([]);
  });

  it('shows what is printed about the pod in the examples', async () => {
    const [, command = '', output = ''] = /```console\n\$ (pod-hardener .*)\n([\s\S]*?)```/.exec(page) ?? [];
    const { out, status } = await run(command, root);
    expect({ out, status }).to.deep.equal({ out: output, status: 0 });
  });

  it('leads from its first table to each of its messages', () => {
    const [table = ''] = page.split('\n## ');
    const anchors = [...table.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => {
      return heading
        .toLowerCase()
        .replaceAll(/[`:',]/g, '')
        .replaceAll(' ', '-');
    });
    expect(anchors).to.include.members(headings);
  });
});

for (const name of pages) {
  describe(`the commands in docs/${name}`, () => {
    const commands = commandsIn(pageOf(name));

    it('name keys and values that are understood', () => {
      const written = commands.flatMap((command) => [...command.matchAll(/ pod-hardener\.io\/([\w-]+)=(\S*)/g)]);
      expect(written).to.have.length.above(2);
      const problems = written.flatMap(([, key = '', value = '']) => {
        const pair = { [`pod-hardener.io/${key}`]: value };
        const labels = { 'pod-hardener.io/profile': 'hardened', ...(key === 'profile' && pair) };
        const annotations = key === 'profile' ? {} : pair;
        return policyOf({ name: 'team-a', labels, annotations })?.problems ?? [];
      });
      expect(problems).to.deep.equal([]);
    });

    for (const command of commands.filter((one) => /^pod-hardener .* -f /.test(one))) {
      it(`can be given: ${command}`, async () => {
        const { out, status } = await run(command, `${root}examples`);
        expect(status).to.equal(0);
        expect(out).not.to.equal('');
      });
    }
  });
}
