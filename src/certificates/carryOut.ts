import { type Authority, bundleOf, without } from './bundle.ts';
import {
  dataKeys,
  type Held,
  holdingsOf,
  ownerLabel,
  rollOverAnnotation,
  rollOverSteps,
  trustedSinceAnnotation,
} from './held.ts';
import type { Pair } from './issue.ts';
import type { Situation, Step } from './plan.ts';
import type { SecretChange } from './stores.ts';

/** How long a certificate is valid, in days. It is renewed long before. */
export const lifetimes = { authority: 3_650, leaf: 90 } as const;

/** The change of the Secret that the step comes to; undefined when it changes nothing. */
export async function changeFor(step: Step, situation: Situation): Promise<SecretChange | undefined> {
  if (step.do === 'nothing' || step.do === 'refuse') return undefined;
  if (step.do === 'create') return creation(step.overlap, situation);
  if (situation.secret === undefined) throw new Error(`there is no Secret for the step ${step.do}`);
  const held = holdingsOf(situation.secret, situation.names, situation.now);
  switch (step.do) {
    case 'reissue-leaf':
      return ours({ data: leafData(await issueLeafOf(signerOf(held), situation)) });
    case 'renew-authority':
      return ours({ data: await renewal(held, situation.now) });
    case 'announce-authority':
      return announcement(held, situation.now);
    case 'publish-leaf':
      return publication(held, situation);
    case 'retire-authorities':
      return ours({
        data: { [dataKeys.bundle]: signerOf(held).cert, [dataKeys.nextCaKey]: null },
        annotations: { ...withoutStep(held), [trustedSinceAnnotation]: null },
      });
    case 'note-trust':
      return ours({ annotations: { [trustedSinceAnnotation]: new Date(situation.now).toISOString() } });
    case 'forget-trust':
      return ours({ annotations: { [trustedSinceAnnotation]: null } });
  }
}

async function creation(overlap: readonly Authority[], { secret, names, now }: Situation): Promise<SecretChange> {
  const { issueAuthority, issueLeaf } = await import('./issue.ts');
  const authority = await issueAuthority(new Date(now), lifetimes.authority);
  const leaf = await issueLeaf(authority, { hosts: names, now: new Date(now), days: lifetimes.leaf });
  const isFirst = overlap.length === 0;
  // The label of another owner stays, such as a package manager's: what we have made is known by its content.
  const isLabelled = secret?.labels[ownerLabel.name] !== undefined;
  return {
    labels: isLabelled ? {} : { [ownerLabel.name]: ownerLabel.value },
    annotations: {
      [rollOverAnnotation]: isFirst ? null : rollOverSteps.published,
      [trustedSinceAnnotation]: null,
    },
    data: {
      ...leafData(leaf),
      [dataKeys.bundle]: authority.cert + bundleOf(overlap),
      [dataKeys.caKey]: authority.key,
      [dataKeys.nextCaKey]: null,
    },
  };
}

async function renewal(held: Held, now: number): Promise<SecretChange['data']> {
  const { renewAuthority } = await import('./issue.ts');
  const renewed = await renewAuthority(held.signerKey, new Date(now), lifetimes.authority);
  // Whatever else has this key is the same authority, in an earlier certificate.
  const others = held.authorities.filter(({ certificate }) => !isOfKey(certificate, held.signer?.certificate));
  return { [dataKeys.bundle]: renewed.cert + bundleOf(others) };
}

async function announcement(held: Held, now: number): Promise<SecretChange> {
  const { issueAuthority } = await import('./issue.ts');
  const next = await issueAuthority(new Date(now), lifetimes.authority);
  return ours({
    data: { [dataKeys.bundle]: bundleOf(held.authorities) + next.cert, [dataKeys.nextCaKey]: next.key },
    annotations: { [rollOverAnnotation]: rollOverSteps.announced, [trustedSinceAnnotation]: null },
  });
}

async function publication({ next, nextKey, authorities }: Held, situation: Situation): Promise<SecretChange> {
  if (next === undefined) throw new Error('the next authority is missing');
  const authority = { cert: bundleOf([next]), key: nextKey };
  return ours({
    data: {
      ...leafData(await issueLeafOf(authority, situation)),
      [dataKeys.bundle]: authority.cert + bundleOf(without(authorities, [next])),
      [dataKeys.caKey]: nextKey,
      [dataKeys.nextCaKey]: null,
    },
    annotations: {
      [rollOverAnnotation]: rollOverSteps.published,
      [trustedSinceAnnotation]: new Date(situation.now).toISOString(),
    },
  });
}

async function issueLeafOf(authority: Pair, { names, now }: Situation): Promise<Pair> {
  const { issueLeaf } = await import('./issue.ts');
  return issueLeaf(authority, { hosts: names, now: new Date(now), days: lifetimes.leaf });
}

function signerOf({ signer, signerKey }: Held): Pair {
  if (signer === undefined) throw new Error('the authority that signs is missing');
  return { cert: bundleOf([signer]), key: signerKey };
}

/** A roll-over that was asked for meanwhile is still asked for. */
function withoutStep({ rollOver }: Held): SecretChange['annotations'] {
  return rollOver === rollOverSteps.published ? { [rollOverAnnotation]: null } : {};
}

function leafData({ cert, key }: Pair): SecretChange['data'] {
  return { [dataKeys.cert]: cert, [dataKeys.key]: key };
}

function ours(change: Partial<SecretChange>): SecretChange {
  return { labels: {}, annotations: {}, data: {}, ...change };
}

function isOfKey(one: Authority['certificate'], other: Authority['certificate'] | undefined): boolean {
  return other?.publicKey.equals(one.publicKey) ?? false;
}
