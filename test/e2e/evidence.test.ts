import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  CoreV1EventList,
  V1ConfigMap,
  V1ContainerStatus,
  V1Lease,
  V1Pod,
  V1PodSpec,
} from '@kubernetes/client-node';
import { expect } from 'chai';
import { cluster, expectSuccess, mergePatch, optedIn } from './cluster.ts';
import { type EvidenceReplica, startEvidenceReplica } from './evidenceReplica.ts';
import { rightsIn, serviceAccountToken } from './rights.ts';
import { manifests, openSite, ownNamespace, type Site } from './site.ts';
import { until } from './until.ts';

const mapPath = `/api/v1/namespaces/${ownNamespace}/configmaps/pod-hardener-evidence`;
const leasePath = `/apis/coordination.k8s.io/v1/namespaces/${ownNamespace}/leases/pod-hardener-evidence`;
const digestOf = (number: number) => `sha256:${number.toString(16).padStart(64, '0')}`;
const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+Z/, 'Z');

describe('the evidence', () => {
  let site: Site;
  const running: EvidenceReplica[] = [];

  before(async function () {
    this.timeout(300_000);
    site = await openSite();
    await site.apply([], '-k', await site.kustomization('default', 'cert-manager', 'evidence'));
    await createNamespace('team');
  });

  after(() => site?.stop());

  async function start(args?: string[]): Promise<EvidenceReplica> {
    const replica = await startEvidenceReplica(site, args);
    running.push(replica);
    return replica;
  }

  async function stopAll(signal?: NodeJS.Signals): Promise<void> {
    for (const replica of running.splice(0)) await replica.process.stop(signal);
  }

  async function createNamespace(name: string, labels = {}): Promise<void> {
    expectSuccess(await site.api.request('POST', '/api/v1/namespaces', { metadata: { name, labels } }));
    const account = { metadata: { name: 'default' } };
    expectSuccess(await site.api.request('POST', `/api/v1/namespaces/${name}/serviceaccounts`, account));
  }

  interface Written {
    readonly namespace?: string;
    readonly metadata?: V1Pod['metadata'];
    readonly spec?: Partial<V1PodSpec>;
    readonly status: Partial<V1ContainerStatus>;
  }

  /** Creates a pod, and writes its status as a kubelet does. */
  async function runPod(name: string, image: string, { namespace = 'team', metadata, spec, status }: Written) {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const pod = { metadata: { name, ...metadata }, spec: { containers: [{ name: 'app', image }], ...spec } };
    expectSuccess(await site.api.request('POST', path, pod));
    await writeStatus(`${path}/${name}`, { image, ...status });
    return `${path}/${name}`;
  }

  async function writeStatus(path: string, status: Partial<V1ContainerStatus>): Promise<void> {
    const whole = { name: 'app', imageID: '', ready: false, restartCount: 0, ...status };
    const change = { status: { phase: 'Running', containerStatuses: [whole] } };
    expectSuccess(await site.api.request('PATCH', `${path}/status`, change, mergePatch));
  }

  const ran = (number: number, uid: number): Partial<V1ContainerStatus> => ({
    imageID: `registry.example/app@${digestOf(number)}`,
    state: { running: { startedAt: secondsAgo(5) as unknown as Date } },
    user: { linux: { uid, gid: uid } },
  });

  /** As the kubelet says it: nothing was created. */
  const refused = (message: string): Partial<V1ContainerStatus> => ({
    state: { waiting: { reason: 'CreateContainerConfigError', message } },
  });
  const asRoot = 'container has runAsNonRoot and image will run as root (pod: "x_team(y)", container: app)';
  const nonRoot = (image: string) => ({
    containers: [{ name: 'app', image, securityContext: { runAsNonRoot: true } }],
  });
  const filled = { 'pod-hardener.io/filled': 'app/runAsNonRoot' };

  async function stored(): Promise<string> {
    return ((await site.api.request('GET', mapPath)).body as unknown as V1ConfigMap).data?.['images.json'] ?? '';
  }

  async function eventsIn(namespace: string) {
    const { body } = await site.api.request('GET', `/api/v1/namespaces/${namespace}/events`);
    return (body as unknown as CoreV1EventList).items;
  }

  async function holder(): Promise<string> {
    return ((await site.api.request('GET', leasePath)).body as unknown as V1Lease).spec?.holderIdentity ?? '';
  }

  describe('of two replicas', () => {
    let one: EvidenceReplica;
    let other: EvidenceReplica;

    before(async () => {
      one = await start();
      other = await start();
      await until('one has the Lease', async () => (await holder()) !== '');
    });

    after(() => stopAll());

    it('is learnt by both within seconds of a status, from what ran and from what was refused', async () => {
      const began = Date.now();
      await runPod('root', 'registry.example/root:1', { status: ran(1, 0) });
      await runPod('user', 'registry.example/user:1', { status: ran(2, 1000) });
      const image = `registry.example/digest@${digestOf(3)}`;
      await runPod('refused', image, { spec: nonRoot(image), status: refused(asRoot) });
      for (const replica of [one, other]) {
        await until(
          'it is learnt',
          async () => (await replica.images('root')) === 2 && (await replica.images('uid')) === 1,
          5,
        );
      }
      cluster().note(
        `evidence: two replicas knew three images ${Date.now() - began} ms after the first pod was created`,
      );
    });

    it('is not learnt from an image that was exchanged in a pod that was refused', async () => {
      const path = await runPod('exchanged', 'evil.example/x:1', {
        spec: nonRoot('evil.example/x:1'),
        status: refused(asRoot),
      });
      const victim = `registry.example/user@${digestOf(2)}`;
      const spec = { containers: [{ name: 'app', image: victim }] };
      const strategic = { contentType: 'application/strategic-merge-patch+json' };
      expectSuccess(await site.api.request('PATCH', path, { spec }, strategic));
      // So a kubelet shows it, until it has tried the new image.
      await writeStatus(path, { image: victim, ...refused(asRoot) });
      const { body } = await site.api.request('GET', path);
      expect((body as unknown as V1Pod).metadata).to.include({ generation: 2 });
      await runPod('after', 'registry.example/after:1', { status: ran(4, 4) });
      await until('what came later is learnt', async () => (await one.images('uid')) === 2, 5);
      expect(await one.images('root')).to.equal(2);
    });

    it('of a break is told by one of them, on the pod and on what made it, once', async () => {
      const owner = {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'web',
        uid: '5d1d5f4c-0000-4000-8000-000000000001',
      };
      const metadata = { annotations: filled, ownerReferences: [{ ...owner, controller: true }] };
      const began = Date.now();
      for (const name of ['web-1', 'web-2', 'web-3']) {
        const spec = nonRoot('registry.example/web:1');
        await runPod(name, 'registry.example/web:1', { metadata, spec, status: refused(asRoot) });
      }
      const events = await until('there are Events', async () => {
        const all = await eventsIn('team');
        return all.length >= 2 && all;
      });
      cluster().note(`evidence: a break became an Event ${Date.now() - began} ms after its pod was created`);
      expect(Date.now() - began).to.be.below(10_000);
      // Whoever would say it a second time has had the time to.
      await until('both have seen the pods', async () => (await one.told()) + (await other.told()) > 0);
      await runPod('later', 'registry.example/later:1', { status: ran(5, 5) });
      await until('both are done', async () => (await one.images('uid')) === 3 && (await other.images('uid')) === 3, 5);
      const all = await eventsIn('team');
      expect(all.map(({ involvedObject }) => `${involvedObject.kind}/${involvedObject.name}`).sort()).to.deep.equal([
        'Pod/web-1',
        'ReplicaSet/web',
      ]);
      expect([await one.told(), await other.told()].sort()).to.deep.equal([0, 1]);
      expect(events[0]).to.include({ reason: 'HardeningBreak', type: 'Warning' });
      expect(events[0]?.message).to.match(/^Container app is refused by the kubelet: .* add -runAsNonRoot to /);
    });

    it('of a break is shown by kubectl describe pod', async () => {
      const said = await site.kubectl(['describe', 'pod', 'web-1', '--namespace=team']);
      expect(said).to.match(/Warning +HardeningBreak +\d+s +pod-hardener +Container app is refused by the kubelet/);
    });

    it('is stored in the ConfigMap, and little of it', async () => {
      const text = await until('it is stored', async () => {
        const found = await stored();
        return found.includes(digestOf(1)) && found;
      });
      expect(text).not.to.match(/web-1|team/);
    });

    it('is told and stored by the other one when the first one is ended, at once', async () => {
      const before = await holder();
      const [speaker, listener] = (await one.told()) === 1 ? [one, other] : [other, one];
      const began = Date.now();
      expect(await speaker.process.stop()).to.equal(0);
      await until('the Lease is taken over', async () => ![before, ''].includes(await holder()), 12);
      cluster().note(`evidence: another replica took over ${Date.now() - began} ms after the first was told to end`);
      const spec = nonRoot('registry.example/late:1');
      await runPod('late', 'registry.example/late:1', {
        metadata: { annotations: filled },
        spec,
        status: refused(asRoot),
      });
      await until('it is told', async () =>
        (await eventsIn('team')).some(({ involvedObject }) => involvedObject.name === 'late'),
      );
      expect(await listener.told()).to.be.greaterThan(0);
    });

    it('needs the rights that the component gives, and no others', async () => {
      const account = `system:serviceaccount:${ownNamespace}:pod-hardener`;
      const lines = (await readFile(join(site.folder, 'audit.log'), 'utf8'))
        .split('\n')
        .filter((line) => line.includes(account));
      const calls = lines
        .map((line) => JSON.parse(line) as AuditedCall)
        .filter((call) => call.user.username === account);
      const refusedCalls = calls.filter(({ responseStatus }) => responseStatus?.code === 403);
      expect(refusedCalls).to.deep.equal([]);
      const used = new Set(calls.filter(({ objectRef }) => objectRef !== undefined).map(nameOf));
      const token = await serviceAccountToken(site.api);
      const granted = (await rightsIn(site.api, token, ownNamespace)).flatMap(({ verbs, resource, names }) =>
        (names ?? ['*']).flatMap((name) => verbs.map((verb) => `${verb} ${resource} ${name}`)),
      );
      // Nobody has created a pod in a namespace that was not known.
      expect([...used, 'get namespaces *'].sort()).to.deep.equal(granted.sort());
    });
  });

  describe('of one replica', () => {
    it('survives a restart, also when the pods are gone that it was learnt from', async () => {
      await site.api.request('DELETE', '/api/v1/namespaces/team/pods?gracePeriodSeconds=0');
      const known = (await stored()).match(/"r"/g)?.length;
      expect(known).to.be.greaterThan(0);
      const replica = await start();
      await until('it is known again', async () => (await replica.images('root')) === known, 5);
      expect((await replica.series('pod_hardener_evidence_watch_synced')).pod_hardener_evidence_watch_synced).to.equal(
        1,
      );
      await stopAll();
    });

    it('that somebody has spoilt is gathered anew, which is said once', async () => {
      expectSuccess(await site.api.request('PATCH', mapPath, { data: { 'images.json': '{"version":' } }, mergePatch));
      await runPod('again', 'registry.example/root:1', { status: ran(1, 0) });
      const replica = await start();
      await until('it is stored again', async () => (await stored()).includes(digestOf(1)), 45);
      const said = replica.process.output().match(/The stored evidence cannot be read; it is gathered anew/g);
      expect(said).to.have.length(1);
      await stopAll();
    });

    it('of 10,000 pods in 200 namespaces takes a bounded amount of memory', async function () {
      this.timeout(600_000);
      const [namespaces, pods, images] = [200, 10_000, 2_000];
      await createNamespace('asked', optedIn);
      const idle = await start([]);
      const usual = slowestReview(idle, 'asked');
      await until('many reviews were answered', () => usual.count() >= 400);
      const usualMs = await usual.stop();
      const before = await memoryOf(idle);
      await stopAll();
      for (let index = 0; index < namespaces; index++) await createNamespace(`many-${index}`);
      let next = 0;
      const create = async () => {
        for (let index = next++; index < pods; index = next++) {
          const image = `registry.example/team-${index % images}/app:1.${index % images}`;
          await runPod(`app-${index}`, image, {
            namespace: `many-${index % namespaces}`,
            status: ran(1000 + (index % images), 1000),
          });
        }
      };
      await Promise.all(Array.from({ length: 20 }, create));
      const replica = await start();
      const began = performance.now();
      const slowest = slowestReview(replica, 'asked');
      await until('all images are known', async () => ((await replica.images('uid')) ?? 0) >= images, 60);
      const learntMs = Math.round(performance.now() - began + replica.readyAfterMs);
      const slowestMs = await slowest.stop();
      // It may have been written before the last was learnt, and is written once a minute.
      await until('it is stored', async () => (await stored()).includes(digestOf(1000 + images - 1)), 90);
      const after = await memoryOf(replica);
      const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
      cluster().note(
        `evidence: ${pods} pods in ${namespaces} namespaces were learnt ${learntMs} ms after the start; resident memory ` +
          `${mib(after)} with --evidence, ${mib(before)} idle without (${mib(after - before)} more); ${Buffer.byteLength(await stored())} bytes stored; the slowest of ${slowest.count()} reviews meanwhile took ` +
          `${slowestMs} ms, of ${usual.count()} without --evidence ${usualMs} ms`,
      );
      expect(slowest.count()).to.be.greaterThan(0);
      expect(slowestMs).to.be.below(1_000);
      expect(after).to.be.below(250 * 1024 * 1024);
      expect(replica.process.output()).not.to.include('"level":"error"');
      await stopAll();
    });

    it('asks the API server nothing where it is not switched on', async () => {
      const replica = await start([]);
      await until('it is at work', async () => (await replica.review('team')).status === 200);
      expect(await replica.images('root')).to.equal(0);
      expect(await replica.series('pod_hardener_evidence_watch_synced')).to.deep.equal({});
      expect(replica.process.output()).not.to.match(/api\/v1\/pods|Lease|ConfigMap/);
      await stopAll();
    });

    it('that may not be gathered is said in one sentence each, and pods are answered for as ever', async () => {
      await site.kubectl(['delete', '-f', join(manifests, 'components/evidence/rbac.yaml')]);
      await createNamespace('opted', optedIn);
      const replica = await start();
      await until('everything was tried', () => replica.process.output().includes('Lease pod-hardener-system'));
      await until('the watch was tried', () => replica.process.output().includes('listing and watching pods'));
      await until('the store was tried', () => replica.process.output().includes('ConfigMap pod-hardener-system'));
      const { status, text } = await replica.review('opted');
      expect(status).to.equal(200);
      expect((JSON.parse(text) as { response: object }).response).to.include({ allowed: true, patchType: 'JSONPatch' });
      expect(await replica.status('/readyz')).to.equal(200);
      const complaints =
        replica.process.output().match(/"message":"[^"]*","|"reason":"[^"]*does not allow[^"]*"/g) ?? [];
      expect(complaints.filter((line) => line.startsWith('"reason"')).sort()).to.deep.equal([
        '"reason":"the API server does not allow listing and watching pods: apply the component evidence of the manifests, or leave --evidence out"',
        `"reason":"the API server does not allow reading and writing ConfigMap ${ownNamespace}/pod-hardener-evidence: apply the component evidence"`,
        `"reason":"the API server does not allow reading and writing Lease ${ownNamespace}/pod-hardener-evidence: apply the component evidence"`,
      ]);
      await stopAll();
    });
  });
});

/** Asks about pods one after the other, until it is stopped: then it answers with the longest wait, in milliseconds. */
function slowestReview(replica: EvidenceReplica, namespace: string) {
  let isOver = false;
  let count = 0;
  let slowest = 0;
  const asking = (async () => {
    while (!isOver) {
      const began = performance.now();
      const { status } = await replica.review(namespace);
      if (status !== 200) throw new Error(`a review was answered ${status}`);
      slowest = Math.max(slowest, performance.now() - began);
      count += 1;
    }
  })();
  return {
    count: () => count,
    async stop() {
      isOver = true;
      await asking;
      return Math.round(slowest);
    },
  };
}

interface AuditedCall {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly apiGroup?: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number };
}

/** Namespaces, pods and Events are meant one and all; whatever else is asked for has a name. */
function nameOf({ verb, objectRef }: AuditedCall): string {
  const { resource = '', apiGroup, name = '*' } = objectRef ?? {};
  const isNamed = ['configmaps', 'leases'].includes(resource);
  return `${verb} ${apiGroup ? `${resource}.${apiGroup}` : resource} ${isNamed ? name : '*'}`;
}

async function memoryOf(replica: EvidenceReplica): Promise<number> {
  return (await replica.series('process_resident_memory_bytes')).process_resident_memory_bytes ?? 0;
}
