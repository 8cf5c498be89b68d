import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { inspectAuthorities, inspectKeyPair } from '../certificates/inspect.ts';
import { whyUnreadable } from '../files/whyUnreadable.ts';
import { hostOf, type ServeOptions, type WrittenOptions } from './serveOptions.ts';

/**
 * A sentence for each file that `serve` is told to use and cannot, whatever else may be wrong with its options. The time
 * is in milliseconds since 1970.
 */
export async function fileProblems(written: WrittenOptions, now: number): Promise<readonly string[]> {
  const problems = await Promise.all([
    problemsOfFile('--namespaces', written.namespaces, checkNamespaces),
    problemsOfKeyPair(written, now),
    problemsOfFile('--client-ca-file', written.clientCaFile, inspectAuthorities),
    problemsOfFile('--kubeconfig', written.kubeconfig, () => loadKubeconfig(String(written.kubeconfig))),
  ]);
  return problems.flat();
}

/** The same for what is not named as a file: the usual kubeconfig, and the ports to listen to. */
export async function placeProblems(options: ServeOptions): Promise<readonly string[]> {
  const host = hostOf(options);
  const usesUsual = !options.standalone && options.kubeconfig === undefined;
  const problems = await Promise.all([
    usesUsual ? problemsOf(undefined, () => loadKubeconfig()) : [],
    problemsOfPort('--port', options.port, host),
    problemsOfPort('--metrics-port', options.metricsPort, host),
  ]);
  // An address that there is not is wrong for both ports.
  return [...new Set(problems.flat())];
}

/** Given the text of a file and how that was named; throws when the file cannot be used. */
type Use = (text: string, name: string) => unknown;

async function problemsOfFile(flag: string, file: WrittenOptions[string], use: Use): Promise<readonly string[]> {
  const name = `${flag} ${file}`;
  return typeof file === 'string' ? problemsOf(name, async () => use(await readFile(file, 'utf8'), name)) : [];
}

async function problemsOfKeyPair({ tlsCertFile, tlsKeyFile }: WrittenOptions, now: number): Promise<readonly string[]> {
  const texts = new Map<string, string>();
  const read = (flag: string, file: WrittenOptions[string]) =>
    problemsOfFile(flag, file, (text) => texts.set(flag, text));
  const unread = await Promise.all([read('--tls-cert-file', tlsCertFile), read('--tls-key-file', tlsKeyFile)]);
  const [cert, key] = [texts.get('--tls-cert-file'), texts.get('--tls-key-file')];
  if (cert === undefined || key === undefined) return unread.flat();
  const name = `--tls-cert-file ${tlsCertFile}, --tls-key-file ${tlsKeyFile}`;
  return problemsOf(name, async () => inspectKeyPair(cert, key, now));
}

async function checkNamespaces(text: string, name: string): Promise<void> {
  const { readNamespaces } = await import('../manifests/namespaces.ts');
  readNamespaces(text, name);
}

async function loadKubeconfig(file?: string): Promise<void> {
  const { loadCredentials } = await import('../kubernetes/credentials.ts');
  await loadCredentials({ kubeconfig: file }, () => {});
}

async function problemsOfPort(flag: string, port: number, host: string | undefined): Promise<readonly string[]> {
  const server = createServer();
  try {
    await once(server.listen({ port, ...(host !== undefined && { host }) }), 'listening');
    return [];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return [`${flag} ${port}: something listens to it already`];
    if (code === 'EACCES') return [`${flag} ${port}: only root may listen to it; name one above 1023`];
    return [host === undefined ? `${flag} ${port}: ${message}` : `--host ${host}: this machine has no such address`];
  } finally {
    server.close();
  }
}

/** What is wrong, in a sentence that begins with how it was named, or with its path where nobody has named it. */
async function problemsOf(name: string | undefined, attempt: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await attempt();
    return [];
  } catch (error) {
    const { message, path } = error as NodeJS.ErrnoException;
    const why = whyUnreadable(error) ?? asClause(message);
    const named = name ?? path;
    // A problem of a manifest begins with the name already.
    return [named === undefined || why.startsWith(named) ? why : `${named}: ${why}`];
  }
}

/** The first line of a message, as it goes on after a colon. */
function asClause(message: string): string {
  const [line = ''] = message.split('\n');
  return line.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase()).replace(/\.$/, '');
}
