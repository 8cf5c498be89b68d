import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { decide } from '../../src/admission/decide.ts';
import { decodePod } from '../../src/policy/decodePod.ts';
import { judge } from '../../src/policy/evaluate.ts';
import type { Pod } from '../../src/policy/pod.ts';
import { canonicalText, relevantPod } from '../../src/readiness/relevantPod.ts';
import { containerOf, deepFreeze, type Json, podOf } from '../pods.ts';
import { policyFor, requestFor } from '../requests.ts';

interface Case {
  readonly name: string;
  readonly policy?: Json;
  readonly metadata?: Json;
  readonly spec: Json;
}

const folder = new URL('../controls/', import.meta.url);
const cases = readdirSync(folder).flatMap((file) => parse(readFileSync(new URL(file, folder), 'utf8')) as Case[]);

/** All that is decided about a pod, but for the pod itself and the patch that makes it. */
function decisionOn(pod: Pod, { policy = {} }: Case) {
  const { profile = 'restricted', ...annotations } = policy;
  const {
    intended,
    operations: _,
    ...decision
  } = decide(requestFor(pod), policyFor(String(profile), annotations), {
    provenance: false,
  });
  const minors = Array.from({ length: 37 }, (_, minor) => minor);
  return { decision, judgements: minors.map((minor) => judge(intended ?? pod, minor).violations) };
}

function withoutDebugging({ ephemeralContainers: _, ...spec }: Json): Json {
  return spec;
}

describe('relevantPod', () => {
  it('keeps all that any control looks at: for every pod in their tables, the decision is the same', () => {
    expect(cases.length).to.be.greaterThan(100);
    for (const one of cases) {
      const pod = decodePod({ ...(one.metadata && { metadata: one.metadata }), spec: withoutDebugging(one.spec) });
      expect(decisionOn(relevantPod(deepFreeze(pod)), one), one.name).to.deep.equal(decisionOn(pod, one));
    }
  });

  it('makes the replicas of one workload the same', () => {
    const replica = (number: number) =>
      podOf(
        [
          {
            ...containerOf('app'),
            env: [{ name: 'INDEX', value: String(number) }],
            volumeMounts: [{ name: `kube-api-access-abcd${number}`, mountPath: '/var/run/secrets' }],
          },
        ],
        {
          nodeName: `node-${number}`,
          hostname: `web-${number}`,
          volumes: [
            { name: `kube-api-access-abcd${number}`, projected: { sources: [] } },
            { name: 'disk', persistentVolumeClaim: { claimName: `disk-web-${number}` } },
          ],
        },
        { name: `web-${number}`, annotations: { 'cni.projectcalico.org/podIP': `10.0.0.${number}` } },
      );
    expect(canonicalText(relevantPod(replica(1)))).to.equal(canonicalText(relevantPod(replica(2))));
  });

  it('tells pods apart that are decided on differently', () => {
    const texts = [
      podOf([containerOf('app')]),
      podOf([containerOf('app', { privileged: true })]),
      podOf([{ name: 'app', image: 'registry.example/other:1' }]),
      podOf([containerOf('app')], { hostNetwork: true }),
      podOf([containerOf('app')], { volumes: [{ name: 'a', hostPath: { path: '/' } }] }),
      podOf([containerOf('app')], { volumes: [{ name: 'a', emptyDir: {} }] }),
      podOf([containerOf('app')], {}, { annotations: { 'pod-hardener.io/controls': '-capabilities' } }),
      podOf([{ ...containerOf('app'), command: ['sleep'] }]),
    ].map((pod) => canonicalText(relevantPod(pod)));
    expect(new Set(texts).size).to.equal(texts.length);
  });

  it('leaves out containers that were added to the running pod', () => {
    const debugged = podOf([containerOf('app')], {
      ephemeralContainers: [containerOf('debugger', { privileged: true })],
    });
    expect(canonicalText(relevantPod(debugged))).to.equal(canonicalText(relevantPod(podOf([containerOf('app')]))));
  });
});

describe('canonicalText', () => {
  it('does not depend on the order of members, but on that of items', () => {
    expect(canonicalText({ b: [{ d: 1, c: 2 }], a: null })).to.equal('{"a":null,"b":[{"c":2,"d":1}]}');
    expect(canonicalText([1, 2])).not.to.equal(canonicalText([2, 1]));
  });
});
