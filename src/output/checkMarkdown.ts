import { oneLine } from '../policy/text.ts';
import { checkSummary, levelsOf, standardOf, type Verdict, verdictOf } from './checked.ts';
import type { CheckResults } from './checkResults.ts';
import { fileBelow } from './fileNames.ts';
import { type Finding, findingsOf, positionsOf } from './findings.ts';
import type { Problem } from './problems.ts';

const marks: Readonly<Record<Verdict, string>> = {
  passes: '✅ passes',
  filled: '✅ filled',
  fails: '❌ fails',
  '-': '–',
};

/** The check in Markdown, for a job's summary or a comment: a table, what is objected to, and a summary. */
export function checkMarkdown({ templates, problems, folder }: CheckResults): string {
  const rows = templates.map((one) => {
    const cells = [marks[verdictOf(one)], levelsOf(one), code(one.title), code(fileBelow(folder, one.file))];
    return `| ${cells.join(' | ')} |`;
  });
  const table = ['| verdict | level | template | file |', '|---|---|---|---|', ...rows].join('\n');
  const parts = [
    '## Pod Security Standards',
    `${checkSummary(templates)}.`,
    ...(rows.length > 0 ? [table] : []),
    ...(problems.length > 0 ? [['**Not everything could be read:**', ...problems.map(problemItem)].join('\n')] : []),
    ...templates.flatMap((one) => sectionOn(findingsOf([one]).filter(isNoNote), folder)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function isNoNote({ severity }: Finding): boolean {
  return severity !== 'note';
}

function sectionOn(findings: readonly Finding[], folder: string): readonly string[] {
  const [first] = findings;
  if (!first) return [];
  const { title, file } = first.checked;
  const verdict = verdictOf(first.checked) === 'fails' ? 'does not pass' : 'passes';
  const heading = `### ${code(title)} in ${code(fileBelow(folder, file))} ${verdict} ${standardOf(first.checked)}`;
  return [heading, findings.map(itemOf).join('\n')];
}

function itemOf(finding: Finding): string {
  const [{ line }] = positionsOf(finding);
  return `- line ${line}: ${code(finding.statement)}`;
}

function problemItem({ file, at, text }: Problem): string {
  const place = file === undefined ? '' : `${code(file)}${at ? `, line ${at.line}, column ${at.column}` : ''}: `;
  return `- ${place}${code(text)}`;
}

/**
 * A text of others as code: there, nothing in it is taken for a format, a link, or the name of somebody to be told.
 */
export function code(text: string): string {
  const line = oneLine(text);
  if (/^[^`|\\\s]([^`|\\]*[^`|\\\s])?$/.test(line)) return `\`${line}\``;
  return `<code>${line.replace(/[^\p{L}\p{M}\p{N}_ ./:=,;"()-]/gu, (character) => `&#${character.codePointAt(0)};`)}</code>`;
}
