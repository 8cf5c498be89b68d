import { whatReplicasSay } from './installation.ts';
import { type NodeCluster, openSharedNodeCluster } from './nodeCluster.ts';

const started = Number(process.env.POD_HARDENER_NODE_STARTED);
const say = (line: string) => console.error(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);

let cluster: NodeCluster | undefined;

/** One cluster for all test files. Nobody stops it: the kernel does, when the first process of its namespace ends. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context) {
    this.timeout(180_000);
    const { POD_HARDENER_NODE_FOLDER: folder, POD_HARDENER_NODE_CONTROL_GROUP: controlGroup } = process.env;
    if (folder === undefined || controlGroup === undefined) throw new Error('run these tests by `npm run e2e:node`');
    cluster = await openSharedNodeCluster(folder, controlGroup, say);
  },

  async afterEach(this: Mocha.Context) {
    if (this.currentTest?.state === 'failed') console.log(await whatReplicasSay());
  },

  afterAll() {
    console.log(`\n  figures\n${cluster?.notes.map((note) => `    ${note}\n`).join('')}`);
  },
};
