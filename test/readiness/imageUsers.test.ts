import { expect } from 'chai';
import { evidenceFor } from '../../src/readiness/imageUsers.ts';
import type { ContainerUser } from '../../src/readiness/observed.ts';
import { podOf } from '../pods.ts';

const image = 'registry.example/app:1';

/** What is known of the image of two containers that show this. */
function known(...users: readonly Omit<ContainerUser, 'container'>[]) {
  const pod = podOf(users.map((_, index) => ({ name: `app-${index}`, image })));
  const seen = users.map((user, index) => ({ container: `app-${index}`, ...user }));
  return evidenceFor({ pod, users: seen }, () => undefined)(image);
}

describe('what a pod shows of an image', () => {
  it('is what its status says', () => {
    expect(known({ uid: 1000 })).to.deep.equal({ state: 'uid', uid: 1000 });
    expect(known({ uid: 0 })).to.deep.equal({ state: 'root' });
    expect(known({ refused: 'root' })).to.deep.equal({ state: 'root' });
    expect(known({ refused: 'named' })).to.deep.equal({ state: 'named' });
    expect(known({})).to.equal(undefined);
  });

  it('believes what asks for more care, in whatever order it comes', () => {
    for (const others of [
      [{ uid: 1000 }, { uid: 0 }],
      [{ uid: 0 }, { uid: 1000 }],
    ]) {
      expect(known(...others)).to.deep.equal({ state: 'root' });
    }
    expect(known({ refused: 'named' }, { refused: 'root' })).to.deep.equal({ state: 'root' });
  });

  it('knows the number of a named user once it was seen', () => {
    const named = { state: 'named', uid: 1000 } as const;
    expect(known({ uid: 1000 }, { refused: 'named' })).to.deep.equal(named);
    expect(known({ refused: 'named' }, { uid: 1000 })).to.deep.equal(named);
    expect(known({ refused: 'named', uid: 1000 })).to.deep.equal(named);
  });
});

describe('evidenceFor', () => {
  it("believes the pods' own statuses before anything else", () => {
    const shape = { pod: podOf([{ name: 'app', image }]), users: [{ container: 'app', uid: 1000 }] };
    const evidence = evidenceFor(shape, () => ({ state: 'root' }));
    expect(evidence(image)).to.deep.equal({ state: 'uid', uid: 1000 });
    expect(evidence('another')).to.deep.equal({ state: 'root' });
  });
});
