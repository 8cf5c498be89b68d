import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { rightsIn, serviceAccountToken } from '../e2e/rights.ts';
import { installYaml, ownNamespace } from '../e2e/site.ts';
import { until } from '../e2e/until.ts';
import { askDirectly } from './directReview.ts';
import { publishedBundle } from './handshakes.ts';
import { site } from './hooks.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { wipeBundle } from './secret.ts';
import { openTeam } from './team.ts';

interface AuditedCall {
  /** RFC 3339, with microseconds. */
  readonly requestReceivedTimestamp: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly apiGroup?: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number };
}

const account = `system:serviceaccount:${ownNamespace}:pod-hardener`;

describe('the rights in the manifests', () => {
  let replicas: Replicas;
  let beginning: string;

  before(async () => {
    // An installation that was taken away before may have been refused something in the end.
    beginning = new Date().toISOString();
    await site().apply([], '-f', installYaml);
    replicas = await createReplicas(site());
    const [replica] = await replicas.start(2);
    await openTeam(site());
    // A namespace that no replica has heard of is looked up.
    if (replica) await askDirectly(replica, 'default');
    if (replica) await askDirectly(replica, 'never-heard-of');
    await wipeBundle(site());
    await until('the CA bundle is back', async () => (await publishedBundle(site())) !== '');
  });

  after(async () => {
    await replicas?.close();
    await site().uninstall();
  });

  it('are all used, and suffice', async () => {
    const calls = await until('the calls are in the audit log', async () => {
      const all = await callsOf(account, beginning);
      return all.some(({ verb }) => verb === 'watch') && all;
    });
    const refused = calls.filter(({ responseStatus }) => responseStatus?.code === 403);
    expect(refused.map(nameOf), 'what was refused').to.deep.equal([]);
    const used = new Set(calls.map(nameOf));
    const token = await serviceAccountToken(site().api);
    const granted = (await rightsIn(site().api, token, ownNamespace)).flatMap(({ verbs, resource, names }) =>
      (names ?? ['*']).flatMap((name) => verbs.map((verb) => `${verb} ${resource} ${name}`)),
    );
    expect([...used].sort()).to.deep.equal(granted.sort());
  });
});

/** Namespaces are read one and all; whatever else is asked for has a name. */
function nameOf({ verb, objectRef }: AuditedCall): string {
  const { resource = '', apiGroup, name = '*' } = objectRef ?? {};
  return `${verb} ${apiGroup ? `${resource}.${apiGroup}` : resource} ${resource === 'namespaces' ? '*' : name}`;
}

/** What the user has asked of the API server since then, as its audit log tells; everybody may ask for its version. */
async function callsOf(user: string, since: string): Promise<readonly AuditedCall[]> {
  const lines = (await readFile(join(site().folder, 'audit.log'), 'utf8')).split('\n').slice(0, -1);
  const calls = lines.filter((line) => line.includes(user)).map((line) => JSON.parse(line) as AuditedCall);
  return calls.filter(
    ({ user: { username }, objectRef, requestReceivedTimestamp }) =>
      username === user && objectRef !== undefined && requestReceivedTimestamp >= since,
  );
}
