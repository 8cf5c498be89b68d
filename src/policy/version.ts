/** The newest minor of Kubernetes 1 whose Pod Security Standards are known here. */
export const newestMinor = 36;

/**
 * The minor that a version of the Pod Security Standards stands for in a cluster of the given minor: `v1.30` is 30,
 * `latest` and newer ones than the cluster or this program knows are the newest that both know.
 */
export function minorOf(version: string, latest: number = newestMinor): number {
  if (version === 'latest') return Math.min(latest, newestMinor);
  return Math.min(Number(version.slice('v1.'.length)), latest, newestMinor);
}
