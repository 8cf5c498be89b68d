import { expect } from 'chai';
import { fitsImage, parseImagePattern, parseImageReference } from '../../src/admission/imageReference.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

/** Whether a pattern stands for an image; undefined when one of them is none. */
function fits(pattern: string, image: string): boolean | undefined {
  const [asked, given] = [parseImagePattern(pattern), parseImageReference(image)];
  return asked && given && fitsImage(given, asked);
}

describe('parseImageReference', () => {
  const hub = { registry: 'docker.io', tag: undefined, digest: undefined };
  const references: readonly [string, object][] = [
    ['nginx', { ...hub, repository: 'library/nginx' }],
    ['team/nginx', { ...hub, repository: 'team/nginx' }],
    ['docker.io/nginx', { ...hub, repository: 'library/nginx' }],
    ['index.docker.io/library/nginx', { ...hub, repository: 'library/nginx' }],
    ['DOCKER.IO/nginx', { ...hub, repository: 'library/nginx' }],
    ['nginx:1.25', { ...hub, repository: 'library/nginx', tag: '1.25' }],
    [`nginx@${digest}`, { ...hub, repository: 'library/nginx', digest }],
    [`nginx:1.25@${digest}`, { ...hub, repository: 'library/nginx', tag: '1.25', digest }],
    ['localhost/app', { ...hub, registry: 'localhost', repository: 'app' }],
    ['localhost:5000/app:1', { ...hub, registry: 'localhost:5000', repository: 'app', tag: '1' }],
    ['Registry.Example:5000/a/b_c-d.e', { ...hub, registry: 'registry.example:5000', repository: 'a/b_c-d.e' }],
    ['TEAM/app', { ...hub, registry: 'team', repository: 'app' }],
    ['[::1]:5000/app', { ...hub, registry: '[::1]:5000', repository: 'app' }],
  ];
  for (const [text, expected] of references) {
    it(`reads ${text}`, () => expect(parseImageReference(text)).to.deep.equal(expected));
  }

  for (const text of [
    '',
    'NGINX',
    'registry.example/App',
    'a//b',
    'nginx:',
    'nginx:a/b:c:d',
    'nginx@sha256:abc',
    'nginx\n',
    'evil.example#.registry.example/app',
    'evil.example?/nginx',
    'nginx *',
    `nginx@${digest}@${digest}`,
    `nginx:${'1'.repeat(129)}`,
    'a'.repeat(2000),
  ]) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(parseImageReference(text)).to.equal(undefined);
    });
  }
});

describe('the pattern of an image', () => {
  const fitting: readonly [string, string][] = [
    ['nginx', 'nginx'],
    ['nginx', 'docker.io/library/nginx:1.25'],
    ['nginx', `library/nginx@${digest}`],
    ['docker.io/library/nginx', 'nginx:latest'],
    ['nginx:latest', 'nginx'],
    ['nginx:1.*', 'nginx:1.25-alpine'],
    ['team/*', 'team/web'],
    ['registry.example/team-*/web', 'registry.example/team-a/web:1'],
    ['*.registry.example/web', 'eu.registry.example/web'],
    ['registry.example:*/web', 'registry.example:5000/web'],
    ['registry.example/*-web-*', 'registry.example/a-web-web-b'],
    [`nginx@${digest}`, `nginx:any@${digest}`],
  ];
  for (const [pattern, image] of fitting) {
    it(`${pattern} stands for ${image}`, () => expect(fits(pattern, image)).to.equal(true));
  }

  const unfitting: readonly [string, string][] = [
    ['nginx', 'evil.example/nginx'],
    ['nginx', 'evil.example/library/nginx'],
    ['nginx', 'localhost/library/nginx'],
    ['nginx', 'evil/nginx'],
    ['nginx', 'nginx-evil'],
    ['nginx', 'evil-nginx'],
    ['*', 'evil.example/nginx'],
    ['*', 'evil/nginx'],
    ['*/nginx', 'evil.example/nginx'],
    ['team/*', 'team/web/evil'],
    ['team/*', 'TEAM/web'],
    ['team/ab*ba', 'team/aba'],
    ['team/a*b*b', 'team/ab'],
    ['registry.example/*', 'registry.example.evil/web'],
    ['registry.example/*', 'registry.example:5000/web'],
    ['registry.example/*', 'evil.example/registry.example/web'],
    ['*.registry.example/web', 'registry.example/web'],
    ['*.registry.example/web', 'evil.example/eu.registry.example/web'],
    ['nginx:1.25', 'nginx:1.250'],
    ['nginx:1.25', 'nginx'],
    // The tag beside a digest is whatever somebody wrote.
    ['nginx:1.25', `nginx:1.25@${digest}`],
    ['nginx:*', `nginx@${digest}`],
    [`nginx@${digest}`, `nginx@${other}`],
    [`nginx@${digest}`, 'nginx:1.25'],
    [`nginx@${digest}`, `evil/nginx@${digest}`],
  ];
  for (const [pattern, image] of unfitting) {
    it(`${pattern} does not stand for ${image}`, () => expect(fits(pattern, image)).to.equal(false));
  }

  for (const pattern of ['', '**', 'registry.example/**', 'a//*', 'NGINX', 'ng inx', 'nginx@sha256:*', '^nginx$']) {
    it(`is not ${JSON.stringify(pattern)}`, () => expect(parseImagePattern(pattern)).to.equal(undefined));
  }

  it('takes no longer for what is made to take long', () => {
    const start = performance.now();
    const image = `registry.example/${'a'.repeat(900)}`;
    for (let round = 0; round < 1000; round++) fits(`registry.example/${'*a'.repeat(100)}*b`, image);
    expect(performance.now() - start).to.be.below(5000);
    expect(fits(`registry.example/${'*a'.repeat(100)}*b`, image)).to.equal(false);
  });
});
