import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type Reason, reasons } from '../src/policy/control.ts';
import { controls } from '../src/policy/controls/index.ts';
import { decodePod } from '../src/policy/decodePod.ts';
import type { Change } from '../src/policy/harden.ts';
import { toDotted } from '../src/policy/path.ts';
import type { Json } from './pods.ts';
import { decideAsPromised } from './promises.ts';
import { policyFor } from './requests.ts';

/** A case of a table: a pod in a namespace, and all that the table's control does with it. What is left out is none. */
interface Case {
  readonly name: string;
  /** The namespace's annotations without our prefix, and its profile, which is `restricted` unless it is said. */
  readonly policy?: Json;
  readonly metadata?: Json;
  readonly spec: Json;
  /** The pod as it was before ephemeral containers were added. */
  readonly oldObject?: Json;
  /** The values filled, by their paths. */
  readonly fills?: Json;
  /** The values that `audit` or `warn` mode does not fill, by their paths. */
  readonly wouldFill?: Json;
  /** The reasons for what is left, by paths. */
  readonly leaves?: Readonly<Record<string, Reason>>;
}

const folder = new URL('controls/', import.meta.url);
const tables = new Map(
  readdirSync(folder).map((file) => [file.replace(/\.yaml$/, ''), readTable(new URL(file, folder))] as const),
);

function readTable(file: URL): readonly Case[] {
  return parse(readFileSync(file, 'utf8')) as Case[];
}

for (const [id, cases] of tables) {
  describe(`the control ${id}`, () => {
    for (const one of cases) it(one.name, () => expectCase(id, one));
  });
}

function expectCase(id: string, { policy, metadata, spec, oldObject, fills, wouldFill, leaves }: Case): void {
  const { profile = 'restricted', ...annotations } = policy ?? {};
  const inForce = policyFor(String(profile), annotations);
  expect(inForce.problems, 'problems of the policy').to.deep.equal([]);
  const pod = decodePod({ apiVersion: 'v1', kind: 'Pod', ...(metadata && { metadata }), spec });
  const decision = decideAsPromised(pod, inForce, oldObject && decodePod(oldObject));
  const ofControl = ({ control }: { readonly control: string }) => control === id;
  expect(valuesOf(decision.filled.filter(ofControl)), 'fills').to.deep.equal(fills ?? {});
  expect(valuesOf(decision.wouldFill.filter(ofControl)), 'wouldFill').to.deep.equal(wouldFill ?? {});
  const left = decision.left.filter(ofControl).map(({ path, reason }) => [toDotted(path), reason] as const);
  expect(Object.fromEntries(left), 'leaves').to.deep.equal(leaves ?? {});
  expect(left, 'each place is left once').to.have.lengthOf(Object.keys(leaves ?? {}).length);
}

function valuesOf(changes: readonly Change[]): Json {
  return Object.fromEntries(changes.map(({ path, value }) => [toDotted(path), value]));
}

/** Every reason that a control can give. */
const reasonsOf: Readonly<Record<string, readonly Reason[]>> = {
  seccompProfile: ['pod-override', 'windows', 'set-by-author'],
  runAsNonRoot: ['pod-override', 'windows', 'set-by-author', 'privileged', 'runs-as-root'],
  allowPrivilegeEscalation: ['pod-override', 'windows', 'set-by-author', 'privileged', 'adds-sys-admin'],
  capabilities: ['pod-override', 'windows', 'set-by-author', 'privileged', 'runs-as-root'],
  runAsUser: ['pod-override', 'windows', 'set-by-author', 'privileged', 'runs-as-root'],
  runAsGroup: ['pod-override', 'windows', 'set-by-author', 'privileged', 'runs-as-root', 'no-run-as-user'],
  fsGroup: ['pod-override', 'windows', 'set-by-author'],
  fsGroupChangePolicy: ['pod-override', 'windows'],
  supplementalGroups: ['pod-override', 'windows', 'set-by-author'],
};

/** Reasons of which the capability is still to come. */
const laterReasons: readonly Reason[] = [
  'exempt',
  'unsupported-version',
  'image-runs-as-root',
  'host-namespaces',
  'volume-devices',
  'ephemeral-container',
];

describe('the tables of the controls', () => {
  it('correspond to the controls one to one', () => {
    expect([...tables.keys()].sort()).to.deep.equal(controls.map(({ id }) => id).sort());
  });

  it('are not empty, and no two cases of a table have one name', () => {
    for (const [id, cases] of tables) {
      expect(cases.length, id).to.be.greaterThan(0);
      expect(new Set(cases.map(({ name }) => name)).size, id).to.equal(cases.length);
    }
  });

  for (const [id, expected] of Object.entries(reasonsOf)) {
    it(`show every reason that ${id} can give, and no other`, () => {
      const shown = new Set((tables.get(id) ?? []).flatMap(({ leaves }) => Object.values(leaves ?? {})));
      expect([...shown].sort()).to.deep.equal([...expected].sort());
    });
  }

  it('know the reasons in the order in which one goes before another', () => {
    expect(reasons).to.deep.equal([
      'exempt',
      'pod-override',
      'unsupported-version',
      'windows',
      'set-by-author',
      'privileged',
      'adds-sys-admin',
      'runs-as-root',
      'image-runs-as-root',
      'no-run-as-user',
      'host-namespaces',
      'volume-devices',
      'ephemeral-container',
    ]);
  });

  it('show every reason there is, but for those that are still to come', () => {
    const shown = new Set(Object.values(reasonsOf).flat());
    expect(reasons.filter((reason) => !shown.has(reason)).sort()).to.deep.equal([...laterReasons].sort());
  });
});
