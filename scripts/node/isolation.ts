import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * The command that runs another one in mount, network, host name and process namespaces of its own. It is the first
 * process there: when it ends, or whoever started it does, the kernel ends all that is left and unmounts everything.
 */
export const isolated: readonly string[] = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child', '--mount-proc'],
  ...['--propagation', 'private', '--'],
];

/** Why no node can run on this machine, in a sentence; undefined when one can. */
export async function obstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'a node needs Linux';
  if (process.getuid?.() !== 0) return 'a node needs root';
  const [command = '', ...args] = isolated;
  // Mounting is what containers without privileges are kept from.
  const mount = ['mount', '-t', 'tmpfs', 'none', '/run'];
  return promisify(execFile)(command, [...args, ...mount]).then(
    () => undefined,
    (error: Error) =>
      `a node needs namespaces and mounts of its own (${error.message.split('\n')[1] || error.message})`,
  );
}
