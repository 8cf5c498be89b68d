import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The address of the node in the private network; pods and Services have ranges of their own. */
export const nodeAddress = '10.99.0.1';
export const podRange = '10.88.0.0/16';
export const serviceRange = '10.0.0.0/24';

/**
 * Makes the namespaces that this process runs in look like a machine to a kubelet: names, addresses, and folders that
 * may be written to without the real machine noticing. What is written goes to `folder`.
 */
export function prepareMachine(folder: string, hostname: string): void {
  run('hostname', hostname);
  run('ip', 'link', 'set', 'lo', 'up');
  run('ip', 'address', 'add', `${nodeAddress}/32`, 'dev', 'lo');
  // kube-proxy sends packets elsewhere, but only those that have somewhere to go.
  run('ip', 'route', 'add', serviceRange, 'dev', 'lo', 'src', nodeAddress);
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
  for (const path of ['/var', '/run']) coverWithLayer(path, folder);
  for (const name of kernelSettings) coverWithCopy(join('/proc/sys', name), folder);
  run('mount', '--make-rshared', '/');
}

/** The settings of the whole machine that a kubelet would change. It gets files to change instead. */
const kernelSettings = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
];

function coverWithCopy(path: string, folder: string): void {
  const copy = join(folder, 'proc', path.replaceAll('/', '.'));
  mkdirSync(join(copy, '..'), { recursive: true });
  // The kernel makes up such files when they are read, so they cannot be copied like others.
  writeFileSync(copy, readFileSync(path));
  run('mount', '--bind', copy, path);
}

function coverWithLayer(path: string, folder: string): void {
  const [upper, work] = [join(folder, 'layers', path, 'upper'), join(folder, 'layers', path, 'work')];
  for (const each of [upper, work]) mkdirSync(each, { recursive: true });
  run('mount', '-t', 'overlay', '-o', `lowerdir=${path},upperdir=${upper},workdir=${work}`, 'overlay', path);
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
