import type { Breakage } from '../policy/about.ts';
import { levels } from '../policy/level.ts';
import { reasonMeanings } from '../policy/reasons.ts';
import { groundPoints, keyPoints, type Point, reasonPoints, seenIn, wayOut } from './explainedPoints.ts';
import type { ControlExplanation, Explanation, ProfileExplanation } from './explanation.ts';
import { wrap } from './wrap.ts';

const pageWidth = 120;

/** The sections on what is explained in Markdown, with headings of the third level. */
export function explainedMarkdown({ controls, profiles, reasons, keys }: Explanation): string {
  return [
    ...controls.map(controlSection),
    ...profiles.map(profileSection),
    ...reasons.map((reason) => simpleSection(`Reason ${reason.name}`, reason.meaning, reasonPoints(reason))),
    ...keys.map((key) => simpleSection(`${key.name} on a ${key.on}`, key.meaning, keyPoints(key))),
  ]
    .join('\n\n')
    .concat('\n');
}

function simpleSection(heading: string, meaning: string, points: readonly Point[]): string {
  return [`### ${heading}`, paragraph(meaning), points.map(pointItem).join('\n')].join('\n\n');
}

/** The reference page on all controls, reasons and profiles, in Markdown. */
export function explainedPage({ controls, profiles }: Explanation): string {
  return [
    '# Controls, reasons and profiles',
    '<!-- Written by `npm run docs` from what stands in src/policy. Change it there. -->',
    paragraph(
      'A control is one security field of a pod, or a few that belong together, and all that pod-hardener knows ' +
        'of it. `pod-hardener explain NAME` says in a terminal what stands here. `containers[*]` stands for init ' +
        'containers, sidecars and ephemeral containers too. If you have a message and look for the field, ' +
        '[Troubleshooting](troubleshooting.md) begins there.',
    ),
    overview(controls, profiles),
    legend,
    '## Controls',
    ...controls.map(controlSection),
    '## Reasons',
    paragraph(
      'A field that is unset or weak and was not filled has one reason: on the command line, in the metric ' +
        '`pod_hardener_fields_left_total`, in the log and in the audit log. Where several apply, it is the first ' +
        'of this list.',
    ),
    reasonList(),
    '## Profiles',
    ...profiles.map(profileSection),
  ]
    .join('\n\n')
    .concat('\n');
}

const legend = [
  '**filled**: where its author left it out.',
  '**if given**: where the namespace gives the value, too.',
  '**if asked**: where the namespace asks for it by `+name` in `pod-hardener.io/controls`.',
  '**checked**: never filled. What is filled is checked as well, where the standards look at it.',
]
  .map((sentence) => listItem(sentence, ''))
  .join('\n');

/** The controls by the profiles. */
function overview(controls: readonly ControlExplanation[], profiles: readonly ProfileExplanation[]): string {
  const rows = controls.map((control) => [
    `[\`${control.name}\`](#${anchorOf(control.name)})`,
    ...profiles.map((profile) => cellOf(control, profile)),
  ]);
  const heading = ['control', ...profiles.map(({ name }) => name)];
  const [head, ...body] = [heading, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [head, `|${'---|'.repeat(heading.length)}`, ...body].join('\n');
}

function cellOf({ fills, profiles, needs, checks }: ControlExplanation, profile: ProfileExplanation): string {
  if (profiles.includes(profile.name)) return needs === undefined ? 'filled' : 'if given';
  if (fills.length > 0) return 'if asked';
  return checks.some(({ level }) => levels.indexOf(level) <= levels.indexOf(profile.level)) ? 'checked' : '–';
}

function controlSection(control: ControlExplanation): string {
  const { name, title, meaning, fills, leaves, mayBreak, spec } = control;
  const reasons = leaves.map(({ reason }) => `\`${reason}\``).join(', ');
  return [
    `### ${name}`,
    `**${title}.**`,
    paragraph(meaning),
    [
      ...groundPoints(control).map(pointItem),
      ...(reasons === '' ? [] : [pointItem({ label: '[Left](#reasons) with', sentences: [reasons] })]),
      ...(fills.length > 0 ? [breakageItem(mayBreak), pointItem(wayOut(control))] : []),
      pointItem({ label: 'Described in', sentences: [`<${spec}>`] }),
    ].join('\n'),
  ].join('\n\n');
}

function breakageItem(mayBreak: readonly Breakage[]): string {
  if (mayBreak.length === 0) return pointItem({ label: 'May break', sentences: ['nothing that is known'] });
  return pointItem({
    label: 'May break',
    sentences: mayBreak.map(({ what, seenIn: where, messages, remedy }) => {
      const shows = `${what} It shows ${seenIn[where]}: ${messages.map(codeOf).join(' or ')}.`;
      return remedy === undefined ? shows : `${shows} ${remedy}`;
    }),
  });
}

function reasonList(): string {
  return Object.entries(reasonMeanings)
    .map(([reason, meaning]) => listItem(`\`${reason}\`: ${meaning}`, ''))
    .join('\n');
}

function profileSection({ name, meaning, level, fills }: ProfileExplanation): string {
  const filled = fills.map(({ control }) => `[\`${control}\`](#${anchorOf(control)})`).join(', ');
  return [
    `### ${profileHeading(name)}`,
    paragraph(meaning),
    [
      pointItem({ label: 'Aims at the level', sentences: [level] }),
      pointItem({ label: 'Fills', sentences: [filled || 'nothing'] }),
    ].join('\n'),
  ].join('\n\n');
}

/** A control may have the name of a profile, and each heading of a page must be another. */
function profileHeading(name: string): string {
  return `Profile ${name}`;
}

function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-');
}

function pointItem({ label, sentences }: Point): string {
  const [only = '', ...more] = sentences;
  if (more.length === 0) return listItem(`**${label}:** ${only}`, '');
  return [`- **${label}:**`, ...sentences.map((sentence) => listItem(sentence, '  '))].join('\n');
}

function listItem(text: string, indent: string): string {
  return wrap(text, `${indent}- `, `${indent}  `, pageWidth);
}

function paragraph(text: string): string {
  return wrap(text, '', '', pageWidth);
}

/** The text as code, whatever is in it. */
function codeOf(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
