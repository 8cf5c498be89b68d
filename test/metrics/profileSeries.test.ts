import { expect } from 'chai';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { createProfileSeries } from '../../src/metrics/profileSeries.ts';
import { parseExposition } from './exposition.ts';

describe('createProfileSeries', () => {
  const metrics = createMetrics('1.2.3');
  const nameProfiles = createProfileSeries(metrics);
  const named = (...names: readonly string[]) => nameProfiles(names.map((name) => ({ name })));

  const seriesOf = async (profile: string) => {
    const { samples } = parseExposition(await metrics.registry.metrics());
    return samples.filter(({ labels }) => labels.profile === profile);
  };

  it('has for a profile of the file every series that a built-in one has, from 0', async () => {
    named('restricted', 'web');
    const [own, builtIn] = [await seriesOf('web'), await seriesOf('restricted')];
    expect(own.map(({ name }) => name)).to.deep.equal(builtIn.map(({ name }) => name));
    expect(own.map(({ value }) => value).filter((value) => value !== 0)).to.deep.equal([]);
  });

  it('keeps the counts of a profile that stays, and takes away the series of one that is gone', async () => {
    metrics.filled.inc({ field: 'capabilities', scope: 'container', profile: 'web' }, 3);
    named('restricted', 'web', 'api');
    expect((await seriesOf('web')).filter(({ value }) => value === 3)).to.have.lengthOf(1);
    named('restricted', 'api');
    expect(await seriesOf('web')).to.deep.equal([]);
    expect(await seriesOf('api')).not.to.deep.equal([]);
    expect(await seriesOf('hardened'), 'one that is built in').not.to.deep.equal([]);
  });

  it('takes away the shadows of a profile that is gone, and those in which it was the shadow', async () => {
    named('restricted', 'web', 'api');
    const pairs = [
      ['web', 'api'],
      ['restricted', 'web'],
      ['web', 'web'],
      ['restricted', 'api'],
    ] as const;
    for (const [profile, shadow_profile] of pairs) {
      metrics.shadowDecisions.inc({ profile, shadow_profile, difference: 'fills' });
    }
    named('restricted', 'api');
    const { samples } = parseExposition(await metrics.registry.metrics());
    const shadows = samples.filter(({ labels }) => labels.shadow_profile !== undefined);
    expect(shadows.map(({ labels }) => labels)).to.deep.equal([
      { profile: 'restricted', shadow_profile: 'api', difference: 'fills' },
    ]);
  });
});
