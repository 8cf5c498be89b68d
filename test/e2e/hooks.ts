import { type Cluster, openSharedCluster } from './cluster.ts';

let cluster: Cluster | undefined;

/** One control plane for all test files: it starts in seconds, but not in milliseconds. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context) {
    this.timeout(120_000);
    // Exiting by itself is what lets the exit handler end the control plane's processes, whatever comes in between.
    process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143));
    const assets = process.env.KUBEBUILDER_ASSETS;
    if (assets === undefined) throw new Error('run these tests by `npm run e2e`');
    const started = Date.now();
    cluster = await openSharedCluster(assets);
    cluster.note(`control plane up in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  },

  async afterAll() {
    if (cluster === undefined) return;
    const complaints = cluster
      .apiServerLog()
      .split('\n')
      .filter((line) => line.includes('Failed to set'));
    await cluster.stop();
    console.log(`\n  figures\n${cluster.notes.map((note) => `    ${note}\n`).join('')}`);
    // So the API server reports warnings and audit annotations that it cannot take.
    if (complaints.length > 0) throw new Error(`the API server complains:\n${complaints.join('\n')}`);
  },
};
