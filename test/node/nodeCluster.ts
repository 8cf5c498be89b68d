import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { V1Node, V1Pod } from '@kubernetes/client-node';
import { busyboxImage } from '../../scripts/node/busyboxImage.ts';
import { configureContainerd, pauseImage } from '../../scripts/node/containerd.ts';
import { type Image, type ImageConfig, toImageArchive } from '../../scripts/node/image.ts';
import { configureKubelet } from '../../scripts/node/kubelet.ts';
import { configureKubeProxy } from '../../scripts/node/kubeProxy.ts';
import { nodeAddress, prepareMachine } from '../../scripts/node/machine.ts';
import type { TarEntry } from '../../scripts/node/tar.ts';
import { type Cluster, toPodAnswer } from '../e2e/cluster.ts';
import { type ControlPlane, startControlPlane, users } from '../e2e/controlPlane.ts';
import { until } from '../e2e/until.ts';

/** A control plane with one node on which pods really run, and the few things that tests do to it all the time. */
export interface NodeCluster extends ControlPlane, Pick<Cluster, 'createPod' | 'note' | 'notes'> {
  /** What kubectl prints for the administrator, with `input` on its standard input. Throws what it complains about. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /**
   * Creates a namespace of that name and a random end, and waits for the account that its pods run under. It has all that
   * it says from its first moment: no pod may come before a part of it is known.
   */
  createNamespace(
    name: string,
    labels: Readonly<Record<string, string>>,
    annotations?: Readonly<Record<string, string>>,
  ): Promise<string>;
  /** Throws if there is none. */
  getPod(namespace: string, name: string): Promise<V1Pod>;
  /** Puts an image of busybox and the given files onto the node, where no registry can be reached. */
  addImage(name: string, config: ImageConfig, files?: readonly TarEntry[]): Promise<void>;
  /** Ends the first process of a pod's only container without a warning, behind the kubelet's back. */
  killContainer(pod: V1Pod): Promise<void>;
}

const nodeName = 'node1';

/**
 * Starts a whole cluster with one node in the namespaces that this process runs in, of the programs and with the images
 * in `folder`. Tells each step. Throws with the logs if it does not become ready.
 */
export async function startNodeCluster(
  folder: string,
  controlGroup: string,
  say: (line: string) => void,
): Promise<NodeCluster> {
  prepareMachine(folder, nodeName);
  const programs = join(folder, 'bin');
  const controlPlane = await startControlPlane(programs, {
    address: nodeAddress,
    // Pods reach it by the Service named kubernetes, and it reaches the kubelet without a name service.
    apiServer: { 'endpoint-reconciler-type': 'lease', 'kubelet-preferred-address-types': 'InternalIP' },
  });
  say('the API server is ready');
  const { start, logs } = startPrograms(controlPlane, programs);
  const admin = await controlPlane.kubeconfig(users.admin.token);
  start('kube-controller-manager', controllerManagerArgs(controlPlane, admin));
  start('kube-scheduler', ['--kubeconfig', admin, '--leader-elect=false', '--secure-port=0']);
  start('kube-proxy', configureKubeProxy(folder, nodeName, admin));
  const { args, socket } = configureContainerd(folder, programs);
  start('containerd', args);
  const ctr = (...rest: string[]) =>
    promisify(execFile)(join(programs, 'ctr'), ['-a', socket, '-n', 'k8s.io', ...rest]);
  const addImage = async (image: Image) => {
    const file = join(folder, `${randomBytes(3).toString('hex')}.tar`);
    await writeFile(file, toImageArchive(image));
    await ctr('images', 'import', file);
  };
  const busybox = join(programs, 'busybox');
  try {
    await until('containerd answers', async () => (await ctr('version')).stdout);
    await addImage(await busyboxImage(pauseImage, busybox, { Cmd: ['sleep', '1000000000'] }));
    for (const file of readdirSync(join(folder, 'images'))) await ctr('images', 'import', join(folder, 'images', file));
    say('the images are on the node');
    const kubeconfig = await controlPlane.kubeconfig(users.node.token);
    start('kubelet', configureKubelet({ folder, nodeName, kubeconfig, socket, controlGroup }));
    await until('the node is ready', () => isNodeReady(controlPlane));
    say('the node is ready');
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${logs()}`);
  }
  const notes: string[] = [];
  const kubectl = (args: readonly string[], input?: string) => run(join(programs, 'kubectl'), admin, args, input);
  return {
    ...controlPlane,
    notes,
    note: (text) => notes.push(text),
    kubectl,
    async createNamespace(prefix, labels, annotations = {}) {
      const name = `${prefix}-${randomBytes(3).toString('hex')}`;
      await kubectl(
        ['create', '-f', '-'],
        JSON.stringify({ ...namespaceKind, metadata: { name, labels, annotations } }),
      );
      await until('the namespace has an account', () => kubectl(['-n', name, 'get', 'serviceaccount', 'default']));
      return name;
    },
    async createPod(namespace, pod, { dryRun = false, ...options } = {}) {
      const path = `/api/v1/namespaces/${namespace}/pods${dryRun ? '?dryRun=All' : ''}`;
      return toPodAnswer(await controlPlane.api.request('POST', path, pod, options));
    },
    getPod: async (namespace, name) =>
      JSON.parse(await kubectl(['-n', namespace, 'get', 'pod', name, '-o', 'json'])) as V1Pod,
    addImage: async (name, config, files) => addImage(await busyboxImage(name, busybox, config, files)),
    async killContainer({ status }) {
      const id = String(status?.containerStatuses?.[0]?.containerID).replace('containerd://', '');
      await ctr('tasks', 'kill', '--signal', 'SIGKILL', id);
    },
  };
}

const namespaceKind = { apiVersion: 'v1', kind: 'Namespace' } as const;

function startPrograms({ processes }: ControlPlane, folder: string) {
  const outputs = new Map<string, () => string>();
  return {
    start: (program: string, args: readonly string[]) => {
      outputs.set(program, processes.start(join(folder, program), args).output);
    },
    logs: () =>
      Array.from(outputs, ([name, output]) => `--- ${name}\n${output().split('\n').slice(-15).join('\n')}`).join('\n'),
  };
}

/** It makes the pods of Deployments, lists endpoints of Services, and gives namespaces an account and the CA to trust. */
function controllerManagerArgs({ folder }: ControlPlane, kubeconfig: string): readonly string[] {
  return [
    ...['--kubeconfig', kubeconfig, '--leader-elect=false', '--secure-port=0'],
    ...['--root-ca-file', join(folder, 'certificates', 'apiserver.crt')],
    ...['--service-account-private-key-file', join(folder, 'service-accounts.key')],
  ];
}

async function isNodeReady({ api }: ControlPlane): Promise<boolean> {
  const { body } = await api.request('GET', `/api/v1/nodes/${nodeName}`);
  const conditions = (body as V1Node).status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function run(kubectl: string, kubeconfig: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1 << 26 };
    const child = execFile(kubectl, ['--kubeconfig', kubeconfig, ...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`kubectl ${args.join(' ')}: ${stderr || error.message}`));
      else resolve(stdout);
    });
    // It may be done before it has read what it does not need.
    child.stdin?.on('error', () => {}).end(input);
  });
}

let shared: NodeCluster | undefined;

/** Makes the cluster that all test files of a run use. */
export async function openSharedNodeCluster(...args: Parameters<typeof startNodeCluster>): Promise<NodeCluster> {
  shared = await startNodeCluster(...args);
  return shared;
}

/** The cluster that all test files of a run use; there is one as soon as the first `before` runs. */
export function nodeCluster(): NodeCluster {
  if (shared === undefined) throw new Error('the cluster is started by the root hook in test/node/hooks.ts');
  return shared;
}
