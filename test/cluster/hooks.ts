import { openSite, type Site } from '../e2e/site.ts';
import { apiServerAddress, setUpNetwork } from './network.ts';

let shared: Site | undefined;
const notes: string[] = [];

/** The cluster that all test files of a run use; there is one as soon as the first `before` runs. */
export function site(): Site {
  if (shared === undefined) throw new Error('the control plane is started by the root hook in test/cluster/hooks.ts');
  return shared;
}

/** Keeps a figure that is printed when all tests are over. */
export function note(text: string): void {
  notes.push(text);
}

export const mochaHooks = {
  async beforeAll(this: Mocha.Context) {
    this.timeout(900_000);
    process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143));
    setUpNetwork();
    // So the API server connects to the endpoints of a Service itself, as there is nothing on this machine that would.
    shared = await openSite({ address: apiServerAddress, apiServer: { 'enable-aggregator-routing': true } });
  },

  async afterAll() {
    await shared?.stop();
    console.log(`\n  figures\n${notes.map((text) => `    ${text}\n`).join('')}`);
  },
};
