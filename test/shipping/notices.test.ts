import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  allowedLicenses,
  noticesFile,
  noticesOf,
  type ShippedPackage,
  shippedPackages,
} from '../../scripts/notices.ts';

describe('the notices of what is shipped', () => {
  let packages: readonly ShippedPackage[];

  before(async () => {
    packages = await shippedPackages();
  });

  it('are those of the bundle as it is now: npm run notices writes them anew', () => {
    expect(readFileSync(noticesFile, 'utf8') === noticesOf(packages), 'up to date').to.equal(true);
  });

  it('are of packages with a licence that is allowed', () => {
    const others = packages.filter(({ license }) => !allowedLicenses.includes(license));
    expect(others.map(({ name, license }) => `${name}: ${license}`)).to.deep.equal([]);
  });

  it('are of every package that the program imports, and of none that is only a tool', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const names = packages.map(({ name }) => name);
    expect(names.filter((name) => name in devDependencies)).to.deep.equal([
      '@kubernetes/client-node',
      '@peculiar/x509',
      'commander',
      'diff',
      'express',
      'js-yaml',
      'pino',
      'prom-client',
      'reflect-metadata',
      'yaml',
    ]);
  });

  it('are of the versions that the lockfile names', () => {
    const { packages: locked } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    const known = Object.entries<{ version: string }>(locked).map(
      ([path, { version }]) => `${path.replace(/^.*node_modules\//, '')} ${version}`,
    );
    expect(known).to.include.members(packages.map(({ name, version }) => `${name} ${version}`));
  });

  it('name all that share a text, and say it once', () => {
    const text = 'Do as you like.';
    const [a, b] = [
      { name: 'a', version: '1.0.0', license: 'MIT', text },
      { name: 'b', version: '2.0.0', license: 'MIT', text },
    ];
    expect(noticesOf([a, b]).split(text)).to.have.length(2);
    expect(noticesOf([a, b])).to.include('a 1.0.0 (MIT)\nb 2.0.0 (MIT)\n');
  });

  it('are in the package and in the image, beside the licence', () => {
    expect(JSON.parse(readFileSync('package.json', 'utf8')).files).to.include.members(['LICENSE', noticesFile]);
    expect(readFileSync('Dockerfile', 'utf8')).to.match(/^COPY LICENSE THIRD_PARTY_NOTICES \/$/m);
    expect(readFileSync('.dockerignore', 'utf8')).to.match(/^!THIRD_PARTY_NOTICES$/m);
  });
});
