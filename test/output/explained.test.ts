import { expect } from 'chai';
import { keys } from '../../src/admission/keyMeanings.ts';
import { topics } from '../../src/commands/topics.ts';
import { explainedMarkdown, explainedPage } from '../../src/output/explainedPage.ts';
import { explainedList, explainedText } from '../../src/output/explainedText.ts';
import { explanationOf } from '../../src/output/explanation.ts';
import { createPaint } from '../../src/output/paint.ts';
import { reasons } from '../../src/policy/control.ts';
import { controls } from '../../src/policy/controls/index.ts';
import { profiles } from '../../src/policy/profiles.ts';

const plain = createPaint(false);
const names = topics;

/** The text with every run of space as one space. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

/** The lines that are longer than so many columns although they could be broken. */
function tooLong(text: string, columns: number): readonly string[] {
  return text.split('\n').filter((line) => line.length > columns && line.trim().includes(' '));
}

describe('explainedText', () => {
  it('has 80 columns', () => {
    for (const name of names) expect(tooLong(explainedText(explanationOf(name), plain), 80), name).to.deep.equal([]);
  });

  it('says of a control what it means, what is filled and when not, what may break and how to be spared', () => {
    expect(explainedText(explanationOf('supplementalGroupsPolicy'), plain)).to.equal(
      `supplementalGroupsPolicy: Groups come from the pod only, not from its image

  By default a process also has the groups that the image's /etc/group gives its
  user, which nobody sees in the pod. With Strict it has those that the pod
  names and no others, so an image cannot help itself to the files of a group.

  Fields
    spec.securityContext.supplementalGroupsPolicy

  Filled
    spec.securityContext.supplementalGroupsPolicy: Strict
    Only where the namespace asks for it, with pod-hardener.io/controls:
      +supplementalGroupsPolicy.

  Pod Security Standards
    They do not look at it.

  Kubernetes
    v1.33 or newer

  Left, and why
    exempt: An exemption in the configuration file spares the container.
    pod-override: The pod's own annotation asks to be spared, and the namespace
      allows that.
    unsupported-version: The field is newer than the cluster.
    windows: The pod is for Windows, where the API server refuses most fields;
      beside a HostProcess container nothing is filled at all.
    set-by-author: Its author set a weaker value, here or in an annotation from
      before the field existed.

  May break
    Every pod on a node whose container runtime is too old.
      in the pod's events: SupplementalGroupsPolicyNotSupported:
        SupplementalGroupsPolicy=Strict is not supported in this node
      Ask for it only where every node supports it: containerd 2.0 or CRI-O
        1.31.
    A program that needs a group of its image.
      in the log: Permission denied
      Its author names the group in supplementalGroups.

  Way out
    Leave +supplementalGroupsPolicy out on the namespace.
    Annotate the pod with pod-hardener.io/controls: -supplementalGroupsPolicy,
      where the namespace has pod-hardener.io/pod-overrides: allowed.

  Described in
    https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#supplementalgroupspolicy
`,
    );
  });

  it('says of what is only checked what the standards ask for, and who can change it', () => {
    expect(explainedText(explanationOf('procMount'), plain)).to.equal(
      `procMount: What /proc tells of the node stays masked

  Container runtimes hide the parts of /proc that tell of the node or change it.
  Unmasked shows them.

  Fields
    spec.containers[*].securityContext.procMount

  Filled
    Never. It is only checked: what is wrong is its author's to change.

  Pod Security Standards
    Checked at the level baseline and above since v1.0; changed in v1.35.
    Checked at the level restricted since v1.35.
    Allowed: none, or Default; at the level baseline and with hostUsers: false
      any, since v1.35.

  Described in
    https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
`,
    );
  });

  it('says of a profile what it fills, and how to opt in', () => {
    expect(explainedText(explanationOf('baseline'), plain)).to.equal(
      `baseline: a profile

  Fills only what hardly any program notices.

  Aims at the level
    baseline

  Fills
    seccompProfile  Only the system calls of a profile may be made

  Opt in
    kubectl label namespace NAME pod-hardener.io/profile=baseline
`,
    );
  });

  it('says of a reason which fields are left with it', () => {
    expect(explainedText(explanationOf('volume-devices'), plain)).to.equal(
      `volume-devices: a reason for which a field is left

  A container uses a raw device, which the API server refuses in a user
  namespace.

  Given for
    hostUsers
`,
    );
  });

  it('says of a key what is written under it, what counts without it, and where it stands', () => {
    expect(explainedText(explanationOf('pod-hardener.io/pod-overrides'), plain)).to.equal(
      `pod-hardener.io/pod-overrides: an annotation on a namespace

  Whether a pod may ask for less by its own annotation pod-hardener.io/controls.

  Value
    forbidden or allowed

  Without it
    forbidden

  Written
    by kubectl annotate namespace NAME pod-hardener.io/pod-overrides=VALUE
`,
    );
  });

  it('says how to take out what a profile fills, and what is filled where a value is given', () => {
    expect(explainedText(explanationOf('runAsNonRoot'), plain)).to.include(
      `    Annotate the namespace with pod-hardener.io/controls: -runAsNonRoot;
      runAsNonRoot=audit only records what would be filled.
`,
    );
    const given = flat(explainedText(explanationOf('fsGroup'), plain));
    expect(given).to.include('controls: -fsGroup, or leave pod-hardener.io/fs-group out;');
  });

  it('keeps every message to the letter, so that it can be searched for', () => {
    for (const { id, about } of controls) {
      const text = flat(explainedText(explanationOf(id), plain));
      for (const message of (about.mayBreak ?? []).flatMap(({ messages }) => messages))
        expect(text).to.include(message);
    }
  });

  it('has its headings in bold where there are colours', () => {
    const text = explainedText(explanationOf('hostPorts'), createPaint(true));
    const bold = text.split('\u001b[1m').slice(1);
    expect(bold.map((part) => part.split('\u001b[22m')[0])).to.deep.equal([
      'hostPorts',
      'Fields',
      'Filled',
      'Pod Security Standards',
      'Described in',
    ]);
  });
});

describe('explainedList', () => {
  it('has lines of at most 80 columns for all that can be explained', () => {
    const lines = explainedList(explanationOf(), plain).split('\n');
    const listed = lines.filter((line) => /^ {2}\S/.test(line)).map((line) => line.trim().split(' ')[0]);
    const named = [...profiles, ...keys].map(({ name }) => name.replace('pod-hardener.io/', ''));
    expect([...listed].sort()).to.deep.equal([...controls.map(({ id }) => id), ...named, ...reasons].sort());
    expect(lines.filter(({ length }) => length > 80)).to.deep.equal([]);
  });

  it('groups the controls by what it takes for them to be filled', () => {
    const groups = explainedList(explanationOf(), plain).split('\n\n');
    const groupOf = (name: string) => groups.find((group) => group.includes(`\n  ${name} `))?.split('\n')[0];
    expect(groupOf('runAsNonRoot')).to.equal('Filled by a profile');
    expect(groupOf('fsGroupChangePolicy')).to.equal('Filled where the namespace gives a value');
    expect(groupOf('hostUsers')).to.equal('Filled where the namespace asks for it');
    expect(groupOf('hostPorts')).to.equal('Only checked');
    expect(groupOf('restricted')).to.equal('Profiles');
    expect(groupOf('set-by-author')).to.equal('Reasons for which a field is left');
    expect(groupOf('mode')).to.equal('Keys on a namespace, after pod-hardener.io/');
    expect(groupOf('filled')).to.equal('Keys on a pod, after pod-hardener.io/');
  });
});

describe('explainedPage', () => {
  let page: string;
  let headings: readonly string[];

  before(() => {
    page = explainedPage(explanationOf());
    headings = page.match(/^#+ .*$/gm) ?? [];
  });

  it('has a section for each control and each profile, under a heading of its own', () => {
    for (const { id } of controls) expect(headings).to.include(`### ${id}`);
    for (const { name } of profiles) expect(headings).to.include(`### Profile ${name}`);
    expect(new Set(headings.map((heading) => heading.toLowerCase())).size).to.equal(headings.length);
  });

  it('has no link that leads nowhere', () => {
    const anchors = headings.map((heading) => heading.replace(/^#+ /, '').toLowerCase().replaceAll(' ', '-'));
    const targets = Array.from(page.matchAll(/\]\(#(.*?)\)/g), ([, target]) => target);
    expect(targets.length).to.be.greaterThan(controls.length);
    expect(targets.filter((target) => !anchors.includes(target ?? ''))).to.deep.equal([]);
  });

  it('shows the controls by the profiles', () => {
    expect(page).to.include('| control | privileged | baseline | restricted | hardened |\n|---|---|---|---|---|\n');
    expect(page).to.include('| [`runAsNonRoot`](#runasnonroot) | if asked | if asked | filled | filled |\n');
    expect(page).to.include('| [`fsGroup`](#fsgroup) | if asked | if given | if given | if given |\n');
    expect(page).to.include('| [`hostUsers`](#hostusers) | if asked | if asked | if asked | if asked |\n');
    expect(page).to.include('| [`volumes`](#volumes) | – | – | checked | checked |\n');
  });

  it('says what each reason means', () => {
    expect(page).to.include('- `unsupported-version`: The field is newer than the cluster.\n');
    expect(page).to.include('- `exempt`: An exemption in the configuration file spares the container.\n');
  });

  it('has lines of at most 120 columns', () => {
    expect(tooLong(page, 120)).to.deep.equal([]);
  });
});

describe('explainedMarkdown', () => {
  it('is one section, where what is code is code whatever is in it', () => {
    const section = explainedMarkdown(explanationOf('hostUsers'));
    expect(section.match(/^#+ .*$/gm)).to.deep.equal(['### hostUsers']);
    expect(flat(section)).to.include(
      "It shows in the pod's events: `` can't set `spec.hostUsers: false`, runtime does not support user namespaces ``.",
    );
  });
});
