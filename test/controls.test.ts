import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { exemptionsAt } from '../src/admission/exemptions.ts';
import type { Assignment } from '../src/policy/apply.ts';
import { assignmentsOf } from '../src/policy/assignments.ts';
import { type Reason, reasons } from '../src/policy/control.ts';
import { controls } from '../src/policy/controls/index.ts';
import { decodePod } from '../src/policy/decodePod.ts';
import { judge, messageOf } from '../src/policy/evaluate.ts';
import { toDotted } from '../src/policy/path.ts';
import type { Pod } from '../src/policy/pod.ts';
import { reasonsOf } from '../src/policy/reasons.ts';
import { configurationOf, exemptionOf } from './admission/configurations.ts';
import { evidenceOf } from './kubelet.ts';
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
  /** What comes with the values filled, by its paths: volumes, mounts, an annotation. */
  readonly adds?: Json;
  /** The values that `audit` or `warn` mode does not fill, by their paths. */
  readonly wouldFill?: Json;
  /** The reasons for what is left, by paths. */
  readonly leaves?: Readonly<Record<string, Reason>>;
  /** The cluster's minor of Kubernetes 1, where it is known. */
  readonly minor?: number;
  /** What is known of images, by their references: `root`, `uid 1000`, `named` or `named 1000`. */
  readonly images?: Readonly<Record<string, string>>;
  /** Set where the control is exempted in containers of this image, in every namespace. */
  readonly exempt?: string;
  /** What is said of the pod as it was written, at each level, for violations in the control's fields. */
  readonly objects?: { readonly baseline?: string; readonly restricted?: string };
  /** The version of the standards that says so; by default the newest. */
  readonly version?: `v1.${number}`;
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

function expectCase(id: string, one: Case): void {
  const { policy, metadata, spec, oldObject, minor, images = {}, exempt, fills, adds, wouldFill, leaves } = one;
  const { profile = 'restricted', ...annotations } = policy ?? {};
  const inForce = policyFor(String(profile), annotations);
  expect(inForce.problems, 'problems of the policy').to.deep.equal([]);
  const pod = decodePod({ apiVersion: 'v1', kind: 'Pod', ...(metadata && { metadata }), spec });
  const evidence = evidenceOf(images);
  const exemptions = exempt === undefined ? undefined : exemptionsAt(exemptionsOf(id, exempt), 0);
  const before = oldObject && decodePod(oldObject);
  const decision = decideAsPromised(pod, inForce, { before, minor, evidence, exemptions });
  const ofControl = ({ control }: { readonly control: string }) => control === id;
  const filled = decision.filled.filter(ofControl);
  expect(valuesOf(filled), 'fills').to.deep.equal(fills ?? {});
  expect(valuesOf(assignmentsOf(pod, filled).slice(filled.length)), 'adds').to.deep.equal(adds ?? {});
  expect(valuesOf(decision.wouldFill.filter(ofControl)), 'wouldFill').to.deep.equal(wouldFill ?? {});
  const left = decision.left.filter(ofControl).map(({ path, reason }) => [toDotted(path), reason] as const);
  expect(Object.fromEntries(left), 'leaves').to.deep.equal(leaves ?? {});
  expect(left, 'each place is left once').to.have.lengthOf(Object.keys(leaves ?? {}).length);
  expect(objectionsTo(pod, id, one.version), 'objects').to.deep.equal(one.objects ?? {});
}

function exemptionsOf(control: string, image: string) {
  const exemption = exemptionOf({ controls: [control], match: { namespaces: ['*'], images: [image] } });
  return configurationOf({ exemptions: [exemption] }).exemptions;
}

/** What is said of the control's fields at each level; a level at which nothing is said is left out. */
function objectionsTo(pod: Pod, id: string, version = 'v1.36'): Json {
  const { violations } = judge(pod, Number(version.slice('v1.'.length)));
  const texts = (['baseline', 'restricted'] as const).map((level) => {
    return [level, messageOf(violations[level].filter(({ control }) => control === id))] as const;
  });
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

function valuesOf(assignments: readonly Assignment[]): Json {
  return Object.fromEntries(assignments.map(({ path, value }) => [toDotted(path), value]));
}

/** The versions in which the standards changed what they ask for in a control's fields, after the first one. */
const changesOf: Readonly<Record<string, readonly number[]>> = {
  allowPrivilegeEscalation: [8, 25],
  capabilities: [22, 25],
  hostProbesAndLifecycle: [34],
  procMount: [35],
  runAsNonRoot: [35],
  runAsUser: [23, 35],
  seLinuxOptions: [31],
  seccompProfile: [19, 25],
  sysctls: [27, 29, 32],
};

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

  for (const control of controls) {
    it(`show every reason that ${control.id} can be left with, and no other`, () => {
      const shown = new Set((tables.get(control.id) ?? []).flatMap(({ leaves }) => Object.values(leaves ?? {})));
      const file = `src/policy/controls/${control.id}.ts`;
      expect([...shown].sort(), `what the table shows, against \`leaves\` in ${file}`).to.deep.equal(
        reasonsOf(control).toSorted(),
      );
    });
  }

  it('show what is objected to of every control that is checked, and of no other', () => {
    const objecting = [...tables].filter(([, cases]) => cases.some(({ objects }) => objects)).map(([id]) => id);
    expect(objecting.sort()).to.deep.equal(controls.flatMap(({ id, checks }) => (checks ? [id] : [])).sort());
  });

  it('show something that is allowed of every control that is checked', () => {
    for (const { id } of controls.filter(({ checks }) => checks)) {
      expect(
        tables.get(id)?.some(({ objects }) => !objects),
        id,
      ).to.equal(true);
    }
  });

  it('show every version in which the standards changed, and the one before', () => {
    for (const { id, checks = [] } of controls) {
      const changes = changesOf[id] ?? [];
      const since = checks.flatMap(({ revisions }) => revisions.map((revision) => revision.since)).filter(Boolean);
      expect(
        [...new Set(since)].sort((a, b) => a - b),
        id,
      ).to.deep.equal(changes);
      const shown = new Set<string | undefined>(tables.get(id)?.map(({ version }) => version));
      for (const minor of changes) {
        expect(shown.has(`v1.${minor - 1}`), `${id} before 1.${minor}`).to.equal(true);
        expect(shown.has(`v1.${minor}`), `${id} in 1.${minor}`).to.equal(true);
      }
    }
  });

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

  it('show every reason there is', () => {
    const shown = new Set(controls.flatMap(reasonsOf));
    expect(reasons.filter((reason) => !shown.has(reason))).to.deep.equal([]);
  });
});
