import { createHash } from 'node:crypto';
import { namespaceLine } from '../readiness/namespaceLine.ts';
import {
  isBroken,
  type NamespaceReadiness,
  type ShapeReadiness,
  type Standing,
  standardOf,
  standings,
  type Verdict,
  verdicts,
  verdictText,
  type WorkloadReadiness,
} from '../readiness/readiness.ts';
import { workloadName } from '../readiness/workloadName.ts';
import { attributes, htmlText } from './html.ts';
import { remarksOn } from './readinessRemarks.ts';
import { type ReadinessResults, readinessSummary, skippedText } from './readinessResults.ts';
import { pageScript, pageStyle } from './readinessStyle.ts';
import {
  authorsHint,
  breakText,
  fillsText,
  objectionsIn,
  remainingText,
  shapeLevels,
  userText,
} from './readinessWords.ts';
import { count } from './summary.ts';

/**
 * The report as one page of HTML that needs nothing beside it: it can be read in a browser, forwarded and printed, and
 * whatever a cluster's texts hold, nothing of them is run.
 */
export function readinessPage(results: ReadinessResults): string {
  const policy = `default-src 'none'; style-src '${hashOf(pageStyle)}'; script-src '${hashOf(pageScript)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta${attributes({ 'http-equiv': 'Content-Security-Policy', content: policy })}>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Pod security readiness</title>
<style>${pageStyle}</style>
</head>
<body>
${pageHeader(results)}
<main>
${tiles(results.namespaces)}
${problemsOf(results)}
${overview(results)}
<h2 id="details">What is in the way, and what to type</h2>
${results.namespaces
  .filter(({ pods }) => pods > 0)
  .map(sectionOn)
  .join('\n')}
</main>
${pageFooter(results)}
<script>${pageScript}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function pageHeader({ source, kubernetes, madeAt, ...results }: ReadinessResults): string {
  const when = `${new Date(madeAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const where = [source, ...(kubernetes === undefined ? [] : [`Kubernetes ${kubernetes}`]), when].join(' · ');
  const standards = [...new Set(results.namespaces.map(standardOf))];
  const asked = standards.length === 1 ? `the level ${standards[0]}` : 'the level that each names';
  return `<header>
<h1>May ${htmlText(asked)} be enforced today?</h1>
<p>${htmlText(readinessSummary({ source, madeAt, ...results }))}.</p>
<p class="quiet">${htmlText(where)}</p>
<p>A namespace that enforces a level refuses new pods that do not pass it. Pods that run already stay.</p>
</header>`;
}

const verdictClasses: Readonly<Record<Verdict, Standing>> = {
  blocked: 'short',
  'ready with fills': 'filled',
  ready: 'passes',
};

const verdictMeanings: Readonly<Record<Verdict, string>> = {
  blocked: 'Some workloads would be refused, or would not start.',
  'ready with fills': 'All pods pass once pod-hardener has filled what is missing.',
  ready: 'All pods pass as they are.',
};

function tiles(namespaces: readonly NamespaceReadiness[]): string {
  const tile = (verdict: Verdict) => {
    const number = namespaces.filter((one) => one.verdict === verdict).length;
    const style = number === 0 ? 'none' : verdictClasses[verdict];
    return `<div class="tile ${style}"><b>${number}</b><span>${verdict}</span><p class="quiet">${verdictMeanings[verdict]}</p></div>`;
  };
  return `<div class="tiles">${verdicts.map(tile).join('')}</div>`;
}

function problemsOf({ problems }: ReadinessResults): string {
  if (problems.length === 0) return '';
  return `<h2>Not everything could be read</h2>\n<ul>${problems.map((one) => `<li>${htmlText(one)}</li>`).join('')}</ul>`;
}

const standingMeanings: Readonly<Record<Standing, string>> = {
  short: 'stay short of the level',
  image: 'need a user, because of their image',
  filled: 'pass once filled',
  passes: 'pass as they are',
};

function overview({ namespaces, thing }: ReadinessResults): string {
  const key = standings.map((one) => `<li><i class="${one}"></i><b>${one}</b>: ${standingMeanings[one]}</li>`).join('');
  const rows = namespaces.map((namespace) => {
    const { name, pods, verdict } = namespace;
    const title = htmlText(name || 'no namespace');
    const link = pods > 0 ? `<a${attributes({ href: `#${anchorOf(namespace)}` })}>${title}</a>` : title;
    return `<tr${attributes({ 'data-namespace': name })}><th scope="row">${link}</th><td>${badge(verdictClasses[verdict], verdictText(namespace))}</td><td class="wide">${barOf(namespace)}</td><td class="number">${pods}</td></tr>`;
  });
  return `<h2 id="namespaces">Namespaces</h2>
<div class="tools" hidden><input type="search" placeholder="Find a namespace" aria-label="Find a namespace"><button id="open" type="button">Open all</button><button id="close" type="button">Close all</button></div>
<ul class="key" aria-label="Colours">${key}</ul>
<div class="scroll" tabindex="0" role="region" aria-label="Namespaces"><table>
<thead><tr><th scope="col">Namespace</th><th scope="col">Verdict</th><th scope="col">${thing === 'pod' ? 'Pods' : 'Templates'} by what becomes of them</th><th scope="col" class="number">${thing === 'pod' ? 'Pods' : 'Templates'}</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;
}

function badge(style: Standing, text: string): string {
  return `<span class="badge ${style}">${htmlText(text)}</span>`;
}

/** The pods by standing. The numbers are in its name, for those who do not see it. */
function barOf({ workloads, pods, thing }: NamespaceReadiness): string {
  if (pods === 0) return `<span class="quiet">no ${thing}s</span>`;
  const shapes = workloads.flatMap((workload) => workload.shapes);
  const parts = standings.flatMap((standing) => {
    const number = shapes.filter((one) => one.standing === standing).reduce((sum, { shape }) => sum + shape.pods, 0);
    return number === 0 ? [] : [{ standing, number }];
  });
  const label = parts.map(({ standing, number }) => `${number} ${standingMeanings[standing]}`).join(', ');
  let x = 0;
  const bars = parts.map(({ standing, number }) => {
    const width = Math.round((number / pods) * 10_000) / 100;
    const bar = `<rect class="${standing}" x="${x}" y="0" width="${width}" height="10"/>`;
    x = Math.round((x + width) * 100) / 100;
    return bar;
  });
  return `<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img"${attributes({ 'aria-label': label })}><title>${htmlText(label)}</title>${bars.join('')}</svg>`;
}

function anchorOf({ name }: NamespaceReadiness): string {
  return `namespace-${name}`;
}

function sectionOn(namespace: NamespaceReadiness): string {
  const { name, verdict, workloads, steps, thing } = namespace;
  const remarks = remarksOn(namespace).map((remark) => `<li>${htmlText(remark)}</li>`);
  const isOpen = verdict === 'blocked' || workloads.some(isBroken);
  const open = attributes({ id: anchorOf(namespace), 'data-namespace': name, open: isOpen });
  return `<details${open}>
<summary><strong>${htmlText(name || 'no namespace')}</strong> ${badge(verdictClasses[verdict], verdictText(namespace))} <span class="quiet">${htmlText(namespaceLine(namespace))}</span></summary>
<div class="inside">
${remarks.length > 0 ? `<ul>${remarks.join('')}</ul>\n` : ''}<div class="scroll workloads"><table>
<thead><tr><th scope="col">Workload</th><th scope="col" class="number">${thing === 'pod' ? 'Pods' : 'Templates'}</th><th scope="col">Standing</th><th scope="col">Level</th><th scope="col">Why, and what would be filled</th></tr></thead>
<tbody>
${workloads.map(rowOf).join('\n')}
</tbody>
</table></div>
${steps.length > 0 ? `<pre tabindex="0" role="region" aria-label="Commands">${steps.map(htmlText).join('\n')}</pre>` : ''}
</div>
</details>`;
}

function rowOf({ workload, pods, standing, shapes }: WorkloadReadiness): string {
  const levels = [...new Set(shapes.map(shapeLevels))].map(htmlText).join('<br>');
  const reasons = [...new Set(shapes.flatMap(reasonsOf))];
  const list = reasons.length === 0 ? '' : `<ul>${reasons.join('')}</ul>`;
  return `<tr><th scope="row">${htmlText(workloadName(workload))}</th><td class="number">${pods}</td><td>${badge(standing, standing)}</td><td>${levels}</td><td>${list}</td></tr>`;
}

function reasonsOf(shape: ShapeReadiness): readonly string[] {
  const fills = fillsText(shape);
  return [
    ...shape.shape.breaks.map((one) => `<li><strong>${htmlText(breakText(one))}</strong></li>`),
    ...objectionsIn(shape).map((one) => `<li>${htmlText(remainingText(one))}</li>`),
    ...shape.users.map((user) => `<li>${htmlText(userText(user))}</li>`),
    ...(fills === '' ? [] : [`<li class="quiet">fills ${htmlText(fills)}</li>`]),
  ];
}

function pageFooter(results: ReadinessResults): string {
  const { programVersion, notes, thing, namespaces } = results;
  const texts = [
    ...[skippedText(results), authorsHint(namespaces)].flatMap((text) => (text === undefined ? [] : [text])),
    ...notes,
    `${count(
      namespaces.reduce((sum, { pods }) => sum + pods, 0),
      thing,
    )} looked at by pod-hardener ${programVersion}. It changed nothing.`,
  ];
  return `<footer>${texts.map((text) => `<p>${htmlText(text)}</p>`).join('')}</footer>`;
}
