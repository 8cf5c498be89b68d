import jsonpatch, { type Operation } from 'fast-json-patch';
import type { Pod } from '../../src/policy/pod.ts';
import { refusalsOf } from '../apiServerRules.ts';
import type { Answer } from './client.ts';

/** What may be answered to a body, whatever is in it. */
const statuses = [200, 400, 413];

/** What is wrong with an answer to a hostile body, in a sentence; undefined when the body did no harm. */
export function harmOf(body: Buffer, { status, body: text }: Answer): string | undefined {
  if (!statuses.includes(status)) return `answered ${status} ${text}`;
  if (/"allowed":\s*false/.test(text)) return 'refused a pod';
  if (status !== 200) return /^[^\n]{1,300}\n$/.test(text) ? undefined : `said more than a sentence: ${text}`;
  const { request } = JSON.parse(body.toString());
  const { response } = JSON.parse(text);
  if (response.uid !== request.uid) return 'answered another request';
  if (response.allowed !== true) return 'did not allow';
  if (response.patch === undefined) return undefined;
  const operations: Operation[] = JSON.parse(Buffer.from(response.patch, 'base64').toString());
  return harmOfPatch(request.object, JSON.parse(body.toString()).request.object, operations);
}

/** Takes the pod twice, since the patch is applied to one of them. */
function harmOfPatch(pod: Pod, same: Pod, operations: readonly Operation[]): string | undefined {
  const foreign = operations.filter(({ op, path }) => op !== 'add' || !isOurs(path));
  if (foreign.length > 0) return `changed what is not its own: ${JSON.stringify(foreign)}`;
  const before = refusalsOf(pod);
  const patched = jsonpatch.applyPatch(same, operations, true).newDocument;
  const refused = refusalsOf(patched).filter((refusal) => !before.includes(refusal));
  return refused.length > 0 ? `made what the API server refuses: ${refused.join(', ')}` : undefined;
}

function isOurs(path: string): boolean {
  return /\/securityContext(\/|$)/.test(path) || /^\/metadata(\/annotations(\/pod-hardener\.io~1filled)?)?$/.test(path);
}
