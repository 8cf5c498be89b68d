import { execFileSync } from 'node:child_process';

/** The address of the API server. */
export const apiServerAddress = '10.97.0.1';

/** The address of the replica of that number. */
export function replicaAddress(number: number): string {
  return `10.97.1.${number}`;
}

/**
 * Gives the network namespace that the tests run in a loopback interface with addresses that are none of loopback: the
 * API server takes no others for the endpoints of a Service. Throws where this is the machine's own network.
 */
export function setUpNetwork(): void {
  const links = JSON.parse(ip('-json', 'link').toString()) as readonly { ifname: string }[];
  if (links.some(({ ifname }) => ifname !== 'lo')) throw new Error('run these tests by `npm run e2e`');
  ip('link', 'set', 'lo', 'up');
  ip('address', 'add', `${apiServerAddress}/16`, 'dev', 'lo');
  for (let number = 1; number < 250; number++) ip('address', 'add', `${replicaAddress(number)}/32`, 'dev', 'lo');
}

function ip(...args: readonly string[]): Buffer {
  return execFileSync('ip', args);
}
