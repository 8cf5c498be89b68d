import { expect } from 'chai';
import { parseGlob } from '../../src/admission/glob.ts';
import { breaksOf } from '../../src/commands/breaksOf.ts';
import { leftAdvice } from '../../src/output/leftAdvice.ts';
import { createPaint } from '../../src/output/paint.ts';
import { podExplainedMarkdown } from '../../src/output/podExplainedMarkdown.ts';
import { podExplainedText } from '../../src/output/podExplainedText.ts';
import { type ExplainedPod, podExplanation } from '../../src/output/podExplanation.ts';
import { reasons } from '../../src/policy/control.ts';
import { decodePod } from '../../src/policy/decodePod.ts';
import { containerOf, type Json } from '../pods.ts';
import { namespaceOf, policyFor, prefixed } from '../requests.ts';

const key = 'pod-hardener.io/filled';
const hardened = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const seccompProfile = { type: 'RuntimeDefault' };

/** A pod of the namespace `team`, as the API server has it unless told otherwise. */
function explained(object: Json, others: Partial<ExplainedPod> = {}): ExplainedPod {
  const policy = policyFor('restricted');
  const read = { kind: 'Pod', name: 'web', namespace: 'team', template: '', isStored: true, policy };
  return { ...read, pod: decodePod(object), object, grounds: 'as the namespace team says', ...others };
}

function podWith(containers: readonly Json[], filled: string | undefined, others: Json = {}): Json {
  const annotations = filled === undefined ? {} : { [key]: filled };
  return { metadata: { annotations }, spec: { containers, securityContext: { seccompProfile } }, ...others };
}

/** What is known of the pod, breaks included. */
const explain = (pod: ExplainedPod) => podExplanation(pod, breaksOf);

function textOf(pod: ExplainedPod, width?: number): string {
  return podExplainedText([explain(pod)], createPaint(false), width);
}

const waiting = (name: string, reason: string, message: string) => ({ name, state: { waiting: { reason, message } } });
const refused = 'container has runAsNonRoot and image will run as root (pod: "web_team(1)", container: app)';

describe('the explanation of a pod that was filled', () => {
  const list = 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile';
  const own = { ...hardened, allowPrivilegeEscalation: true, capabilities: { add: ['CHOWN'], drop: ['ALL'] } };
  const status = { phase: 'Pending', containerStatuses: [waiting('app', 'CreateContainerConfigError', refused)] };
  const pod = explained(podWith([containerOf('app', hardened), containerOf('side', own)], list, { status }));

  it('says where each value is from, why a field was left, what is wrong, and the way out', () => {
    expect(textOf(pod)).to.equal(`Pod web in the namespace team

  Policy
    restricted, version latest, mode fill, as the namespace team says

  Level
    baseline as it was written, baseline as it is
    in its way: allowPrivilegeEscalation != false (container "side" must set
      securityContext.allowPrivilegeEscalation=false)
    in its way: unrestricted capabilities (container "side" must not include
      "CHOWN" in securityContext.capabilities.add)

  The pod
    seccompProfile            {type: RuntimeDefault}  filled by pod-hardener

  Container app
    runAsNonRoot              true                    filled by pod-hardener
    allowPrivilegeEscalation  false                   filled by pod-hardener
    capabilities              {drop: [ALL]}           filled by pod-hardener

  Container side
    runAsNonRoot              true                    set by others
    allowPrivilegeEscalation  true                    left: set-by-author
    capabilities              {add: [CHOWN], drop: [ALL]}  set by others

  Left, and why
    set-by-author: side/allowPrivilegeEscalation
      Its author set a weaker value, here or in an annotation from before the
      field existed. Take the value out where it is written, so that it is
      filled, or write a stronger one.

  What is wrong
    app: CreateContainerConfigError: container has runAsNonRoot and image will
      run as root (pod: "web_team(1)", container: app)
      Because of runAsNonRoot, which was filled. Name a user that the image can
      run as: runAsUser on the container, or on the namespace
      pod-hardener.io/run-as-user or, with the component evidence,
      pod-hardener.io/root-images.
      To have it run with the field:
        kubectl annotate namespace team --overwrite \\
          pod-hardener.io/run-as-user=UID
      To have pods created without the field:
        kubectl annotate namespace team --overwrite \\
          pod-hardener.io/controls=-runAsNonRoot

  Note
    What is "set by others" is so by its author, or by another webhook.
    What is "filled" is what the annotation pod-hardener.io/filled says and the
      pod bears out. Whoever creates a pod can write that annotation, too.
`);
  });

  it('has the same in Markdown', () => {
    expect(
      podExplainedMarkdown([explain(pod)])
        .split('\n')
        .slice(0, 16),
    ).to.deep.equal([
      '## Pod web in the namespace team',
      '',
      '- **Policy:** restricted, version latest, mode fill, as the namespace team says',
      '- **Level:** baseline as it was written, baseline as it is',
      '  - in its way: allowPrivilegeEscalation != false (container "side" must set securityContext.allowPrivilegeEscalation=false)',
      '  - in its way: unrestricted capabilities (container "side" must not include "CHOWN" in securityContext.capabilities.add)',
      '',
      '| place | field | value | |',
      '|---|---|---|---|',
      '| The pod | seccompProfile | `{type: RuntimeDefault}` | filled by pod-hardener |',
      '| Container app | runAsNonRoot | `true` | filled by pod-hardener |',
      '| Container app | allowPrivilegeEscalation | `false` | filled by pod-hardener |',
      '| Container app | capabilities | `{drop: [ALL]}` | filled by pod-hardener |',
      '| Container side | runAsNonRoot | `true` | set by others |',
      '| Container side | allowPrivilegeEscalation | `true` | left: set-by-author |',
      '| Container side | capabilities | `{add: [CHOWN], drop: [ALL]}` | set by others |',
    ]);
  });

  it('has the same for programs', () => {
    const { fields, levels, left, breaks, annotation } = explain(pod);
    expect(levels).to.deep.equal({ written: 'baseline', now: 'baseline', created: 'baseline' });
    expect(fields[0]).to.deep.equal({
      control: 'seccompProfile',
      path: 'spec.securityContext.seccompProfile',
      state: 'filled',
      value: { type: 'RuntimeDefault' },
    });
    expect(fields[5]).to.deep.equal({
      control: 'allowPrivilegeEscalation',
      container: 'side',
      list: 'containers',
      path: 'spec.containers[1].securityContext.allowPrivilegeEscalation',
      state: 'left',
      value: true,
      reason: 'set-by-author',
    });
    expect(left.map(({ reason, fields: names }) => [reason, names])).to.deep.equal([
      ['set-by-author', ['side/allowPrivilegeEscalation']],
    ]);
    expect(annotation).to.deep.equal({ doubted: [], unnamed: 0 });
    expect(breaks).to.deep.equal([
      {
        field: 'runAsNonRoot',
        container: 'app',
        certainty: 'known',
        cause: 'is refused by the kubelet: container has runAsNonRoot and image will run as root',
        remedy:
          'Name a user that the image can run as: runAsUser on the container, or on the namespace pod-hardener.io/run-as-user or, with the component evidence, pod-hardener.io/root-images.',
        wayOut: {
          keep: 'kubectl annotate namespace team --overwrite pod-hardener.io/run-as-user=UID',
          spare: 'kubectl annotate namespace team --overwrite pod-hardener.io/controls=-runAsNonRoot',
        },
      },
    ]);
  });

  it('takes what is wrong from whoever knows more', () => {
    const seen: unknown[] = [];
    const { breaks } = podExplanation(pod, (object) => {
      seen.push(object);
      return [{ field: 'capabilities', container: 'app', certainty: 'suspected', cause: 'exited', remedy: undefined }];
    });
    expect(seen).to.deep.equal([pod.object]);
    expect(breaks.map(({ field, wayOut }) => [field, wayOut.spare])).to.deep.equal([
      ['capabilities', 'kubectl annotate namespace team --overwrite pod-hardener.io/controls=-capabilities'],
    ]);
  });
});

describe('the level of a pod before it was filled', () => {
  const containers = [containerOf('app', hardened)];

  it('is that without the fields which the annotation names and the pod bears out', () => {
    const list = 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile';
    expect(explain(explained(podWith(containers, list))).levels).to.deep.equal({
      written: 'baseline',
      now: 'restricted',
      created: 'restricted',
    });
    expect(textOf(explained(podWith(containers, `${list},…+4`)))).to.include(
      '    baseline or lower as it was written, restricted as it is\n',
    );
  });

  it('is not known without the annotation, and is that of now where the annotation is forged', () => {
    const [none, forged] = [undefined, 'app/runAsUser,hello'].map((list) =>
      explain(explained(podWith(containers, list))),
    );
    expect(none?.levels).to.deep.equal({ now: 'restricted', created: 'restricted' });
    expect(forged?.levels).to.deep.equal({ written: 'restricted', now: 'restricted', created: 'restricted' });
    expect(forged?.annotation).to.deep.equal({ doubted: ['app/runAsUser', 'hello'], unnamed: 0 });
    expect(forged?.fields.filter(({ state }) => state === 'filled')).to.deep.equal([]);
  });
});

describe('the explanation of a pod that was not filled', () => {
  const bare = { metadata: {}, spec: { containers: [containerOf('app')] } };

  it('says what would be filled now, and why it was not', () => {
    expect(textOf(explained(bare))).to.equal(`Pod web in the namespace team

  Policy
    restricted, version latest, mode fill, as the namespace team says

  Level
    baseline as it is, restricted if it were created now
    in its way: allowPrivilegeEscalation != false (container "app" must set
      securityContext.allowPrivilegeEscalation=false)
    in its way: unrestricted capabilities (container "app" must set
      securityContext.capabilities.drop=["ALL"])
    in its way: runAsNonRoot != true (pod or container "app" must set
      securityContext.runAsNonRoot=true)
    in its way: seccompProfile (pod or container "app" must set
      securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")

  The pod
    seccompProfile            unset  would be {type: RuntimeDefault}

  Container app
    runAsNonRoot              unset  would be true
    allowPrivilegeEscalation  unset  would be false
    capabilities              unset  would be {drop: [ALL]}

  Note
    What is unset would be filled now, and was not when the pod was created: its
      namespace was not opted in by then, or pod-hardener could not be asked. A
      pod that exists is never changed; create it anew.
`);
  });

  it('says that its namespace is not opted in', () => {
    const grounds = 'the namespace team is not opted in';
    expect(textOf(explained(bare, { policy: undefined, grounds }))).to.equal(`Pod web in the namespace team

  Policy
    none: the namespace team is not opted in

  Level
    baseline as it is
`);
  });

  it('says that its namespace has the profile where nobody looks by default', () => {
    const record = { name: 'team', labels: {}, annotations: { 'pod-hardener.io/profile': 'restricted' } };
    expect(explain(explained(bare, { record })).remarks[0]).to.equal(
      'The namespace names its profile in an annotation only: where pods are routed by the label, which is the ' +
        'default, pod-hardener is never asked about them.',
    );
    expect(explain(explained(bare, { record: namespaceOf('restricted') })).remarks).to.have.length(1);
  });

  it('says that the mode keeps it so', () => {
    const policy = policyFor('restricted', { mode: 'audit', controls: 'capabilities=warn' });
    const { fields, remarks } = explain(explained(bare, { policy }));
    expect(fields.map(({ control, mode }) => [control, mode])).to.deep.equal([
      ['seccompProfile', 'audit'],
      ['runAsNonRoot', 'audit'],
      ['allowPrivilegeEscalation', 'audit'],
      ['capabilities', 'warn'],
    ]);
    expect(remarks).to.deep.equal([]);
    expect(textOf(explained(bare, { policy }))).to.include(
      '    capabilities              unset  mode warn: would be {drop: [ALL]}\n',
    );
  });

  it('says what is wrong with the policy, and with what the pod asks for', () => {
    const policy = policyFor('restricted', { mode: 'fil' });
    const object = { ...bare, metadata: { annotations: prefixed({ controls: '-capabilities' }) } };
    const { policy: shown, remarks } = explain(explained(object, { policy }));
    expect(shown?.problems).to.deep.equal(['pod-hardener.io/mode: "fil" is unknown; did you mean "fill"? Using audit']);
    expect(remarks).to.deep.equal(['pod-hardener.io/controls on a pod is not allowed in this namespace']);
  });

  it('says what is exempt, until when, and who answers for it, and who did', () => {
    const match = { namespaces: [parseGlob('team')] };
    const [owner, reason] = ['team-infra', 'It binds a port as root.'];
    const expires = { written: '2027-06-30', at: 2 };
    const active = [
      { name: 'ldap', controls: ['runAsNonRoot'], match, owner, reason, expires },
      { name: 'other', controls: ['runAsUser'], match, owner, reason },
      { name: 'elsewhere', controls: ['runAsNonRoot'], match: { namespaces: [parseGlob('a')] }, owner, reason },
    ];
    const expired = [{ name: 'old', controls: ['capabilities'], match, owner, reason, expires }];
    const { left, remarks } = explain(explained(bare, { exemptions: { active, expired } }));
    expect(left.map((one) => [one.reason, one.fields])).to.deep.equal([['exempt', ['app/runAsNonRoot']]]);
    expect(remarks.slice(0, 2)).to.deep.equal([
      'The exemption "old" expired (2027-06-30); its owner is "team-infra".',
      'The exemption "ldap" spares runAsNonRoot until 2027-06-30; its owner is "team-infra".',
    ]);
  });

  it('says nothing of a mirror pod but that nobody changes it', () => {
    const object = { ...bare, metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } };
    const { fields, remarks } = explain(explained(object));
    expect({ fields, remarks }).to.deep.equal({
      fields: [],
      remarks: ['It mirrors a static pod of its node: the API server lets nobody change it.'],
    });
  });

  it('blames no field for what is wrong with it', () => {
    const status = { containerStatuses: [waiting('app', 'CreateContainerConfigError', refused)] };
    const object = podWith([containerOf('app', hardened)], undefined, { status });
    const { states, breaks, hints } = explain(explained(object));
    expect(states).to.have.length(1);
    expect({ breaks, hints }).to.deep.equal({ breaks: [], hints: [] });
  });
});

describe('the explanation of a template', () => {
  it('says what will be filled, and what its author keeps from it', () => {
    const securityContext = { runAsNonRoot: false };
    const object = {
      spec: { containers: [containerOf('app'), containerOf('agent', { privileged: true })], securityContext },
    };
    const template = { kind: 'Deployment', template: 'spec.template', isStored: false, grounds: 'as --profile says' };
    const text = textOf(explained(object, template));
    expect(text.split('\n\n').slice(0, 7)).to.deep.equal([
      'Deployment web in the namespace team, spec.template',
      '  Policy\n    restricted, version latest, mode fill, as --profile says',
      '  Level\n' +
        '    privileged as it is, privileged once it is filled\n' +
        '    in its way: privileged (container "agent" must not set\n' +
        '      securityContext.privileged=true)\n' +
        '    in its way: allowPrivilegeEscalation != false (container "agent" must set\n' +
        '      securityContext.allowPrivilegeEscalation=false)\n' +
        '    in its way: unrestricted capabilities (container "agent" must set\n' +
        '      securityContext.capabilities.drop=["ALL"])\n' +
        '    in its way: runAsNonRoot != true (pod must not set\n' +
        '      securityContext.runAsNonRoot=false)',
      '  The pod\n' +
        '    seccompProfile            unset  will be {type: RuntimeDefault}\n' +
        '    runAsNonRoot              false  left: set-by-author',
      '  Container app\n' +
        '    runAsNonRoot              false  from the pod\n' +
        '    allowPrivilegeEscalation  unset  will be false\n' +
        '    capabilities              unset  will be {drop: [ALL]}',
      '  Container agent\n' +
        '    runAsNonRoot              false  from the pod\n' +
        '    allowPrivilegeEscalation  unset  left: privileged\n' +
        '    capabilities              unset  left: privileged',
      '  Left, and why\n' +
        '    set-by-author: runAsNonRoot\n' +
        '      Its author set a weaker value, here or in an annotation from before the\n' +
        '      field existed. Take the value out where it is written, so that it is\n' +
        '      filled, or write a stronger one.\n' +
        '    privileged: agent/allowPrivilegeEscalation, agent/capabilities\n' +
        '      A container is privileged: the field would be refused there, keep it from\n' +
        '      its work, or do nothing. Take privileged: true out, if the container can\n' +
        '      do without.\n',
    ]);
  });

  it('does not believe its author that anything was filled', () => {
    const object = podWith([containerOf('app', hardened)], 'app/runAsNonRoot,seccompProfile');
    const { fields, annotation } = explain(explained(object, { isStored: false }));
    expect(fields.map(({ state }) => state)).to.deep.equal(['set', 'set', 'set', 'set']);
    expect(annotation).to.equal(undefined);
  });
});

describe('the text of an explanation', () => {
  it('keeps to its width, whatever it is told, and to its lines', () => {
    const name = 'a\u001b[31m\nb';
    const message = `${'word '.repeat(300)}\nlast`;
    const status = { containerStatuses: [waiting(name, 'CrashLoopBackOff', message)] };
    const object = podWith([containerOf(name, { ...hardened, seccompProfile: { type: 'x'.repeat(500) } })], undefined, {
      status,
    });
    for (const width of [80, 50]) {
      const text = textOf(explained(object), width);
      expect(text.split('\n').filter((line) => line.length > width && line.trim().includes(' '))).to.deep.equal([]);
      expect(text).not.to.include('\u001b');
    }
  });

  it('has colours where they are asked for', () => {
    const pod = explain(explained(podWith([containerOf('app', hardened)], 'app/runAsNonRoot')));
    expect(podExplainedText([pod], createPaint(true))).to.include(
      '\u001b[32m    runAsNonRoot              true                    filled by pod-hardener\u001b[39m',
    );
  });
});

describe('the advice on fields that were left', () => {
  it('is a sentence for every reason', () => {
    expect(Object.keys(leftAdvice).sort()).to.deep.equal([...reasons].sort());
    expect(Object.values(leftAdvice).filter((advice) => !/^[A-Z].*\.$/.test(advice))).to.deep.equal([]);
  });
});
