import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Validator } from '@cfworker/json-schema';
import { expect } from 'chai';
import { parse } from 'yaml';
import { cliPage } from '../scripts/cliPage.ts';
import { metricNotes } from '../scripts/monitoring/metricNotes.ts';
import { metricsPage } from '../scripts/monitoring/metricsPage.ts';
import { configurationSchema } from '../src/admission/configurationSchema.ts';
import { policyOf } from '../src/admission/namespacePolicy.ts';
import { readConfiguration } from '../src/commands/configurationFile.ts';
import { createProgram } from '../src/commands/program.ts';
import { isNamespace, namespaceRecord } from '../src/manifests/namespaces.ts';
import { objectsIn } from '../src/manifests/objects.ts';
import { parseManifests } from '../src/manifests/parse.ts';
import { createMetrics } from '../src/metrics/metrics.ts';
import { explainedPage } from '../src/output/explainedPage.ts';
import { explanationOf } from '../src/output/explanation.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the documentation', () => {
  const pages = [...pagesIn('.', false), ...pagesIn('docs'), ...pagesIn('manifests'), ...pagesIn('examples')];

  it('links to files that exist, and to headings that they have', () => {
    expect(pages).to.include.members(['README.md', 'docs/walkthroughs/kuberay.md', 'manifests/chart/README.md']);
    expect(pages.flatMap(brokenLinks)).to.deep.equal([]);
  });

  it('has an index of every page', () => {
    const index = targetsIn(read('docs/README.md')).map((target) => join('docs', target));
    const listed = pages.filter((page) => page.startsWith('docs/') && !/^docs\/(README\.md|decisions\/\d)/.test(page));
    expect(index).to.include.members(listed);
  });

  it('shows manifests of namespaces that are understood', () => {
    const shown = pages.flatMap((page) => namespacesIn(page));
    expect(shown.map(({ name }) => name)).to.include('team-a');
    expect(shown.flatMap((record) => policyOf(record)?.problems ?? [])).to.deep.equal([]);
  });
});

describe('docs/controls.md', () => {
  it('says what the controls say of themselves', () => {
    if (read('docs/controls.md') !== explainedPage(explanationOf())) {
      expect.fail('docs/controls.md is stale: run `npm run docs`');
    }
  });
});

describe('docs/cli.md', () => {
  const page = cliPage();

  it('says what the commands say of themselves', () => {
    if (read('docs/cli.md') !== page) expect.fail('docs/cli.md is stale: run `npm run docs`');
  });

  it('has every option of every command, and the examples', () => {
    const missing = createProgram().commands.flatMap((command) => {
      const [, section = ''] = page.split(`\n## pod-hardener ${command.name()}\n`);
      const own = section.split('\n## ')[0] ?? '';
      const flags = command.options.map(({ flags }) => `\n- \`${flags}\`: `);
      return [...flags, '\nExamples:\n'].filter((text) => !own.includes(text)).map((text) => command.name() + text);
    });
    expect(missing).to.deep.equal([]);
  });
});

describe('docs/configuration.md', () => {
  const examples = [...read('docs/configuration.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  const example = examples.find((text) => text.includes('kind: Configuration')) ?? '';

  it('has an example that says everything and is understood', () => {
    const { profiles, defaults, exemptions } = readConfiguration(example, 'docs/configuration.md');
    expect(profiles.map(({ name }) => name)).to.include.members(['web', 'careful', 'batch']);
    expect(Object.keys(defaults)).to.have.lengthOf(3);
    expect(exemptions.map(({ name }) => name)).to.deep.equal(['ldap']);
  });

  it('has an example that the schema passes', () => {
    const { valid } = new Validator(JSON.parse(read('docs/configuration.schema.json')), '7').validate(parse(example));
    expect(valid).to.equal(true);
  });
});

describe('docs/configuration.schema.json', () => {
  it('says what the program reads', () => {
    if (read('docs/configuration.schema.json') !== `${JSON.stringify(configurationSchema(), null, 2)}\n`) {
      expect.fail('docs/configuration.schema.json is stale: run `npm run docs`');
    }
  });
});

describe('docs/metrics.md', () => {
  it('says what the metrics say of themselves', async () => {
    if (read('docs/metrics.md') !== (await metricsPage())) expect.fail('docs/metrics.md is stale: run `npm run docs`');
  });

  it('has a section for every metric, and notes on no other', () => {
    const { registry } = createMetrics('0.0.0');
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    const ours = names.filter((name) => name.startsWith('pod_hardener_')).sort();
    const sections = [...read('docs/metrics.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(sections.sort()).to.deep.equal(ours);
    expect(Object.keys(metricNotes).sort()).to.deep.equal(ours);
  });
});

describe('docs/operate.md', () => {
  it('gives reasons for not being ready that there are', () => {
    const section = sectionOf('docs/operate.md', 'Probes').split('### Not ready')[1] ?? '';
    const listed = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, reason = '']) => reason);
    expect(listed).to.have.length.above(5);
    const source = sourceTexts().join('');
    expect(listed.filter((reason) => !source.includes(reason))).to.deep.equal([]);
  });

  it('lists the lines that `serve` may log, under the levels at which it does', () => {
    const section = sectionOf('docs/operate.md', 'Log lines');
    const review = section.includes('`Review answered.` (info)') ? ['info: Review answered.'] : [];
    expect([...listedLines(section), ...review].sort()).to.deep.equal(loggedLines());
  });
});

/** The first column of the tables, after the level that heads it. */
function listedLines(section: string): readonly string[] {
  return section.split(/^(?=\| (?:info|warn|error) \|)/m).flatMap((table) => {
    const [, level] = /^\| (\w+) \|/.exec(table) ?? [];
    return level ? [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message]) => `${level}: ${message}`) : [];
  });
}

function sectionOf(page: string, heading: string): string {
  const sections = read(page).split(/^## /m);
  return sections.find((section) => section.startsWith(`${heading}\n`)) ?? '';
}

function sourceTexts(): readonly string[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).map((file) => read(join('src', file)));
}

/** Every message in the source that is logged, after its level. */
function loggedLines(): readonly string[] {
  const lines = sourceTexts().flatMap((text) => [...text.matchAll(/\blog\(\s*'(\w+)',\s*'([^']+)'/g)]);
  return [...new Set(lines.map(([, level, message]) => `${level}: ${message}`))].sort();
}

function pagesIn(folder: string, recursive = true): readonly string[] {
  return readdirSync(join(root, folder), { recursive, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
}

/** The links of the page to files that do not exist, or to headings that they lack. */
function brokenLinks(page: string): readonly string[] {
  return targetsIn(read(page)).flatMap((target) => {
    const [path = '', heading] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    const exists = existsSync(resolve(root, file));
    const isThere = exists && (heading === undefined || headingsOf(file).includes(heading));
    return isThere ? [] : [`${page}: ${target}`];
  });
}

/** What the page links to, as it is written, but for what is elsewhere in the world. */
function targetsIn(text: string): readonly string[] {
  const links = withoutCode(text).matchAll(/\]\(<?([^)>\s]+)>?\)|^\[[^\]]+\]: (\S+)/gm);
  return [...links].map(([, inline, reference]) => inline ?? reference ?? '').filter((link) => !/^[a-z]+:/.test(link));
}

/** The anchors that GitHub gives the page's headings. */
function headingsOf(page: string): readonly string[] {
  const headings = [...withoutCode(read(page), '').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Code shows links and headings that are none. */
function withoutCode(text: string, inline = '`code`'): string {
  const prose = text.replace(/^ *```[\s\S]*?^ *```$/gm, '');
  return inline === '' ? prose : prose.replace(/`[^`\n]+`/g, inline);
}

function namespacesIn(page: string) {
  const blocks = [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml = '']) => yaml);
  return blocks
    .filter((yaml) => /^kind: Namespace$/m.test(yaml))
    .flatMap((yaml) => parseManifests(yaml, page))
    .flatMap((document) =>
      (document.value == null ? [] : objectsIn(document.value))
        .filter(isNamespace)
        .map((object) => namespaceRecord(document, object)),
    );
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
