import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { htmlText } from '../../src/output/html.ts';
import { readinessPage } from '../../src/output/readinessPage.ts';
import { anyText } from '../arbitraries.ts';
import { assess } from '../readiness/shapes.ts';
import { hostile, mixed, resultsOf } from './readinessResults.ts';

const page = readinessPage(resultsOf(mixed(), { ...assess([]), name: 'empty' }));

/** What the page's tags are, without their texts and attributes' values: its structure. */
function structureOf(html: string): string {
  return [...html.replace(/"[^"]*"/g, '""').matchAll(/<\/?[a-z0-9]+/g)].map(([tag]) => tag).join('');
}

type Palette = ReadonlyMap<string, string>;

/** The colours of the page by name, in light and in the dark. */
function palettes(): readonly Palette[] {
  const blocks = [...page.matchAll(/:root\{([^}]*)\}/g)].map(([, block = '']) => block);
  return blocks.slice(0, 2).map((block) => {
    const colours = [...block.matchAll(/--([a-z-]+):#([0-9a-f]{3,6})\b/g)];
    return new Map(
      colours.map(([, name = '', hex = '']) => [name, hex.length === 3 ? hex.replace(/./g, '$&$&') : hex]),
    );
  });
}

/** The contrast of two colours as WCAG 2 defines it; for plain text, 4.5 is asked. */
function contrast(palette: Palette, text: string, back: string): number {
  const light = [text, back].map((name) => {
    const hex = palette.get(name);
    if (hex === undefined) throw new Error(`there is no colour ${name}`);
    const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
      const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
  return (Math.max(...light) + 0.05) / (Math.min(...light) + 0.05);
}

describe('the page of a readiness report', () => {
  it('asks for nothing from anywhere', () => {
    expect(page).not.to.match(
      /\b(src|href|action|data|poster|srcset)="(?!#)|@import|url\(|<link|<iframe|<object|<base/i,
    );
  });

  it('allows only its own style and script to have an effect', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
    const hash = (tag: string) => {
      const [, text = ''] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page) ?? [];
      return `&#39;sha256-${createHash('sha256').update(text).digest('base64').replaceAll('=', '&#61;')}&#39;`;
    };
    expect(policy).to.equal(
      `default-src &#39;none&#39;; style-src ${hash('style')}; script-src ${hash('script')}; ` +
        'base-uri &#39;none&#39;; form-action &#39;none&#39;',
    );
    expect(page).not.to.match(/ (style|on[a-z]+)="/);
  });

  it('has all that the table has, and opens what is in the way', () => {
    for (const text of [
      'May the level restricted be enforced today?',
      '2 namespaces, 5 pods: 1 blocked (by 2 workloads), 1 ready.',
      '2 stay short of the level, 1 need a user, because of their image, 1 pass once filled, 1 pass as they are',
      'host namespaces (hostNetwork&#61;true): set by its author',
      'app: runs as uid 0 now, which runAsNonRoot would keep from starting (registry.example/app:1)',
      'kubectl label namespace team pod-security.kubernetes.io/warn&#61;restricted',
      '2026-01-02 03:04 UTC',
    ]) {
      expect(page).to.contain(text);
    }
    expect(page).to.contain('<details id="namespace-team" data-namespace="team" open>');
    expect(page).to.contain('<td class="wide"><span class="quiet">no pods</span></td>');
  });

  it('gives every column of its tables a heading, and every row', () => {
    const headings = [...page.matchAll(/<thead>.*?<\/thead>/g)].map(([head]) => head);
    expect(headings).to.have.lengthOf(2);
    for (const head of headings) expect(head.match(/<th\b/g)?.length).to.equal(head.match(/<th scope="col"/g)?.length);
    const rows = [...page.matchAll(/<tbody>\n([\s\S]*?)\n<\/tbody>/g)].flatMap(([, body = '']) => body.split('\n'));
    for (const row of rows) expect(row).to.match(/^<tr[^>]*><th scope="row">/);
  });

  it('shows on paper what is closed', () => {
    expect(page).to.match(/@media print\{[\s\S]*details::details-content\{content-visibility:visible/);
    expect(page).to.contain("addEventListener('beforeprint'");
  });

  it('has texts that can be read on what is behind them, in light and in the dark', () => {
    expect(palettes()).to.have.lengthOf(2);
    for (const palette of palettes()) {
      const behind = [
        ...['page', 'card', 'head', 'code'].flatMap(
          (back) =>
            [
              ['text', back],
              ['quiet', back],
            ] as const,
        ),
        ...['short', 'image', 'filled', 'passes'].flatMap(
          (word) =>
            [
              [word, `${word}-soft`],
              [word, 'card'],
            ] as const,
        ),
      ];
      const weak = behind.filter(([text, back]) => contrast(palette, text, back) < 4.5);
      expect(weak).to.deep.equal([]);
    }
  });

  it('takes nothing that a cluster holds for markup', () => {
    const harmless = structureOf(readinessPage(resultsOf(hostile('harmless'))));
    const evil = fc.array(
      fc.oneof(
        fc.constantFrom(
          '<script>alert(1)</script>',
          '"><img src=x onerror=alert(1)>',
          "' onload='",
          '</style>',
          '-->',
          '&lt;',
          '<!--',
        ),
        anyText(4),
      ),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(evil, (parts) => {
        const html = readinessPage(resultsOf(hostile(`x${parts.join('')}`)));
        expect(structureOf(html)).to.equal(harmless);
      }),
      { numRuns: 40 },
    );
  });
});

describe('htmlText', () => {
  it('escapes what could end a text or an attribute', () => {
    expect(htmlText(`<a href='x' b="y">&\``)).to.equal('&#60;a href&#61;&#39;x&#39; b&#61;&#34;y&#34;&#62;&#38;&#96;');
  });

  it('makes one line of any text', () => {
    expect(htmlText('a\nb\u0000c\u202e')).to.equal('a?b?c?');
  });
});
