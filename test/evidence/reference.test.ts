import { expect } from 'chai';
import { parseImageReference } from '../../src/admission/imageReference.ts';
import { createReferenceParser, digestOf, parseReference } from '../../src/evidence/reference.ts';
import { digestA } from './observedPods.ts';

describe('a reference to an image', () => {
  const names: Readonly<Record<string, string | undefined>> = {
    nginx: 'docker.io/library/nginx:latest',
    'nginx:1.27': 'docker.io/library/nginx:1.27',
    'docker.io/nginx': 'docker.io/library/nginx:latest',
    'index.docker.io/library/nginx': 'docker.io/library/nginx:latest',
    'team/app:v1': 'docker.io/team/app:v1',
    'localhost/app': 'localhost/app:latest',
    'registry:5000/app': 'registry:5000/app:latest',
    'registry.example:5000/a/b/c:2': 'registry.example:5000/a/b/c:2',
    'Registry.Example/app': 'registry.example/app:latest',
    'app:V1': 'docker.io/library/app:V1',
    'a__b/c-d.e': 'docker.io/a__b/c-d.e:latest',
    'Nginx:1': undefined,
    'registry.example/App': undefined,
    '': undefined,
    ':1': undefined,
    'nginx:': undefined,
    'nginx@': undefined,
    'nginx@sha256:12': undefined,
    'nginx :1': undefined,
    'registry:70000000/app': undefined,
    '-bad.example/app': undefined,
    'a//b': undefined,
    ['c'.repeat(64)]: undefined,
    [digestA]: undefined,
  };
  for (const [text, name] of Object.entries(names)) {
    it(`${JSON.stringify(text)} is ${name ?? 'none'}`, () => {
      expect(parseReference(text)?.name).to.equal(name);
    });
  }

  it('keeps the digest apart from the name', () => {
    expect(parseReference(`nginx:1.27@${digestA}`)).to.deep.equal({
      name: 'docker.io/library/nginx:1.27',
      digest: digestA,
    });
    expect(parseReference(`nginx@${digestA}@${digestA}`)).to.equal(undefined);
  });

  it('of four kibibytes is none, and costs no time', () => {
    const nonsense = ['a'.repeat(4096), 'a-'.repeat(2048), 'a.a/'.repeat(1024), '@'.repeat(4096), 'é'.repeat(2048)];
    const started = performance.now();
    expect(nonsense.map(parseReference)).to.deep.equal(nonsense.map(() => undefined));
    expect(nonsense.map(digestOf)).to.deep.equal(nonsense.map(() => undefined));
    expect(performance.now() - started).to.be.below(50);
  });

  it('that is as long as one may be costs no time either', () => {
    const started = performance.now();
    for (const part of ['a-', 'a.', 'a_', '-', 'a--']) parseReference(`${part.repeat(Math.floor(500 / part.length))}!`);
    expect(performance.now() - started).to.be.below(50);
  });
});

describe('a reference to an image, to evidence and to exemptions,', () => {
  const hex = '0123456789abcdef'.repeat(4);
  const both = [
    'nginx',
    'team/app:v1',
    'index.docker.io/nginx',
    'TEAM/app',
    'docker.io:443/app',
    'localhost:5000/a/b_c-d.e',
    'a__b/c--d',
    `nginx:1.27@${digestA}`,
    `docker.io/${hex}`,
    `library/${hex}:1`,
    `${hex}:5000/app`,
    `a/${'b'.repeat(510)}`,
  ];
  for (const text of both) {
    it(`is the same image: ${text.slice(0, 40)}`, () => {
      const { registry, repository, tag = 'latest', digest } = parseImageReference(text) ?? {};
      expect(repository, 'to exemptions').not.to.equal(undefined);
      const name = `${registry}/${repository}:${tag}`;
      expect(parseReference(text)).to.deep.equal({ name, ...(digest !== undefined && { digest }) });
    });
  }

  const exemptionsOnly: Readonly<Record<string, string>> = {
    'a digest in place of a name': digestA,
    'what might be a digest': hex,
    'what might be a digest, with a tag': `${hex}:1`,
    'what might be a digest, with a digest': `${hex}@${digestA}`,
    'two dots in a name': 'a..b',
    'three underscores in a name': 'a___b',
    'a dash beside a dot in a name': 'a/b-.c',
    'two dots in a registry': 'a..b/app',
    'a dash at the end of a part of a registry': 'a-.b/app',
    'an address of IPv6': '[::1]:5000/app',
    'a digest of another kind': `nginx@sha512:${hex}${hex}`,
    'a digest that is too short': `nginx@sha256:${hex.slice(1)}`,
    'a name that is too long': `a/${'b'.repeat(511)}`,
  };
  for (const [what, text] of Object.entries(exemptionsOnly)) {
    it(`is one to exemptions only: ${what}`, () => {
      expect(parseImageReference(text)).not.to.equal(undefined);
      expect(parseReference(text)).to.equal(undefined);
    });
  }
});

describe('the digest in an imageID', () => {
  for (const imageId of [
    `docker.io/library/nginx@${digestA}`,
    `docker-pullable://nginx@${digestA}`,
    `docker://${digestA}`,
    digestA,
  ]) {
    it(`is found in ${imageId.replace(digestA, 'sha256:…')}`, () => expect(digestOf(imageId)).to.equal(digestA));
  }

  it('is not found where there is none', () => {
    const without = ['', 'nginx', 'nginx:1.27', 'sha256:', `${digestA}0`, `x${digestA}`, digestA.toUpperCase()];
    expect(without.map(digestOf)).to.deep.equal(without.map(() => undefined));
  });
});

describe('a parser of references that remembers', () => {
  it('answers as one that does not, also when it has to forget', () => {
    const parse = createReferenceParser(2);
    const texts = ['nginx', 'Nginx', 'nginx:1', 'a/b', 'nginx', 'a'.repeat(4096), 'Nginx', 'nginx:1'];
    expect(texts.map(parse)).to.deep.equal(texts.map(parseReference));
  });
});
