import { expect } from 'chai';
import { builtInConfiguration } from '../../src/admission/configuration.ts';
import { createMetrics, type Metrics } from '../../src/metrics/metrics.ts';
import { type State, show } from '../../src/metrics/show.ts';
import { configurationOf, exemptionOf } from '../admission/configurations.ts';
import { type Exposition, parseExposition } from './exposition.ts';

const unsynced: State = {
  inFlight: 0,
  synced: false,
  lastContact: undefined,
  restarts: 0,
  drift: 0,
  optedIn: new Map(),
  unrouted: 0,
  notAfter: Date.UTC(2031, 0, 1),
  caNotAfter: undefined,
  isTrusted: undefined,
  configuration: builtInConfiguration,
  now: Date.UTC(2027, 0, 31),
};

describe('show', () => {
  let metrics: Metrics;

  beforeEach(() => {
    metrics = createMetrics('1.2.3');
  });

  async function shown(state: State): Promise<Exposition['value']> {
    show(metrics, state);
    const { value } = parseExposition(await metrics.registry.metrics());
    return (name, labels) => value(`pod_hardener_${name}`, labels);
  }

  it('says times in seconds, as soon as they are known', async () => {
    const before = await shown(unsynced);
    expect(before('namespace_cache_last_contact_timestamp_seconds')).to.equal(undefined);
    const value = await shown({ ...unsynced, lastContact: Date.UTC(2030, 11, 31) });
    expect(value('namespace_cache_last_contact_timestamp_seconds')).to.equal(1924905600);
    expect(value('certificate_not_after_timestamp_seconds', { certificate: 'serving' })).to.equal(1924992000);
  });

  it('counts what is counted elsewhere, and not twice', async () => {
    const state = { ...unsynced, synced: true, restarts: 3, drift: 2, unrouted: 4, inFlight: 5 };
    await shown(state);
    const value = await shown(state);
    expect(value('namespace_cache_synced')).to.equal(1);
    expect(value('namespace_cache_restarts_total')).to.equal(3);
    expect(value('namespace_cache_drift_total')).to.equal(2);
    expect(value('unrouted_namespaces')).to.equal(4);
    expect(value('admission_requests_in_flight')).to.equal(5);
    expect((await shown(unsynced))('namespace_cache_synced')).to.equal(0);
  });

  it('counts opted-in namespaces by the profile that is in force', async () => {
    const optedIn = new Map([
      ['restricted', 3],
      [' Restricted', 1],
      ['strictest', 1],
      ['baseline', 2],
    ]);
    const value = await shown({ ...unsynced, optedIn });
    expect(value('opted_in_namespaces', { profile: 'restricted' })).to.equal(5);
    expect(value('opted_in_namespaces', { profile: 'baseline' })).to.equal(2);
    expect(value('opted_in_namespaces', { profile: 'hardened' })).to.equal(0);
    const after = await shown(unsynced);
    expect(after('opted_in_namespaces', { profile: 'restricted' }), 'once they are gone').to.equal(0);
  });

  it('counts the namespaces of a profile in the configuration file as its own', async () => {
    const configuration = configurationOf({ profiles: [{ name: 'web', extends: 'restricted' }] });
    const value = await shown({ ...unsynced, configuration, optedIn: new Map([[' Web ', 2]]) });
    expect(value('opted_in_namespaces', { profile: 'web' })).to.equal(2);
    expect(value('opted_in_namespaces', { profile: 'restricted' })).to.equal(0);
  });

  it('counts exemptions by the time that they have left', async () => {
    const expiries = ['2026-12-31', '2027-02-01', '2027-02-02', '2027-12-31', undefined];
    const exemptions = expiries.map((expires, index) =>
      exemptionOf({ name: `e${index}`, ...(expires && { expires }) }),
    );
    const value = await shown({ ...unsynced, configuration: configurationOf({ exemptions }) });
    const counts = ['expired', '7d', '30d', 'later', 'never'].map((expires) => value('exemptions', { expires }));
    expect(counts).to.deep.equal([1, 2, 0, 1, 1]);
    expect((await shown(unsynced))('exemptions', { expires: '7d' }), 'once they are gone').to.equal(0);
  });
});
