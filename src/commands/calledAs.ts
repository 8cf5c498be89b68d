import { basename } from 'node:path';

/** What the user of this process calls the program: kubectl calls its plugin by another name than its user does. */
export function calledAs(path = process.argv[1] ?? ''): string {
  return basename(path) === 'kubectl-pod_hardener' ? 'kubectl pod-hardener' : 'pod-hardener';
}
