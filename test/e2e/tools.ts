import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { kubectlProgram } from '../../scripts/controlPlane.ts';
import { helmProgram } from '../../scripts/helm.ts';
import { type ControlPlane, users } from './controlPlane.ts';

/** Runs a program with the arguments and the standard input, and answers with what it printed. Throws its complaint. */
export type Tool = (args: readonly string[], stdin?: string) => Promise<string>;

const say = (line: string) => console.error(`    ${line}`);

/** kubectl, for the administrator. It answers with warnings before its output, so that none is overlooked. */
export async function createKubectl(controlPlane: ControlPlane): Promise<Tool> {
  const program = await kubectlProgram(process.env, say);
  const kubeconfig = await controlPlane.kubeconfig(users.admin.token);
  return (args, stdin) => run(program, [`--kubeconfig=${kubeconfig}`, ...args], stdin);
}

/** Helm, for the administrator, with nothing of the user's own configuration. */
export async function createHelm(controlPlane: ControlPlane): Promise<Tool> {
  const program = await helmProgram(process.env, say);
  const kubeconfig = await controlPlane.kubeconfig(users.admin.token);
  return (args, stdin) => run(program, [...args, `--kubeconfig=${kubeconfig}`], stdin, { HOME: controlPlane.folder });
}

/** Runs a program as a Tool does, with more in its environment. */
export async function run(
  program: string,
  args: readonly string[],
  stdin = '',
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  child.stdin.end(stdin);
  const ended = new Promise<number>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr.trim() || stdout.trim()}`);
  return stderr + stdout;
}
