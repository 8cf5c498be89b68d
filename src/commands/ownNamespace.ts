import { readFile } from 'node:fs/promises';

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
const usualNamespace = 'pod-hardener-system';

/** The namespace that this program runs in: that of its service account, else the one that the manifests make. */
export async function ownNamespace(): Promise<string> {
  const text = await readFile(namespaceFile, 'utf8').catch(() => '');
  return text.trim() || usualNamespace;
}
