import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// npm runs this before it packs the package, and when somebody installs it from git, as pre-commit does. For a global
// installation it brings no development tools, although they build the program, so they are fetched here.
if (!existsSync('node_modules/.bin/tsx'))
  npm('ci', '--global=false', '--include=dev', '--ignore-scripts', '--no-audit');
npm('run', 'build');

/** Runs npm, with what it prints on stderr: on stdout npm tells whoever called it what it has packed. */
function npm(...args) {
  const { status } = spawnSync('npm', ['--silent', ...args], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}
