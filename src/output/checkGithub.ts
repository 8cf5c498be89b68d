import type { Position } from '../manifests/position.ts';
import { oneLine } from '../policy/text.ts';
import type { CheckResults } from './checkResults.ts';
import { fileBelow } from './fileNames.ts';
import { type Finding, findingsOf, positionsOf } from './findings.ts';
import { count } from './summary.ts';

/**
 * Workflow commands of GitHub Actions, which become annotations of the lines: errors first, since GitHub shows only the
 * first few.
 */
export function checkGithub({ templates, problems, folder }: CheckResults): string {
  const unread = problems.map(({ file, at, text }) => {
    const title = 'pod-hardener: not everything could be read';
    return commandLine('error', { ...(file !== undefined && { file: fileBelow(folder, file) }), ...at, title }, text);
  });
  const findings = templates.map((one) => findingsOf([one]));
  const grave = (['error', 'warning'] as const).flatMap((severity) =>
    findings.flat().filter((finding) => finding.severity === severity),
  );
  return [
    ...unread,
    ...grave.map((finding) => annotation(finding, folder)),
    ...findings.flatMap((ofOne) => fillNotice(ofOne, folder)),
  ].join('');
}

function annotation(finding: Finding, folder: string): string {
  const { severity, control, checked, text } = finding;
  const [at] = positionsOf(finding);
  const place = { file: fileBelow(folder, checked.file), ...at, title: `pod-hardener: ${control}` };
  return commandLine(severity, place, text);
}

/** All that is filled in one template: a field each would crowd out what matters more. */
function fillNotice(findings: readonly Finding[], folder: string): readonly string[] {
  const notes = findings.filter(({ severity }) => severity === 'note');
  const [first] = notes;
  if (!first) return [];
  const { file, title, positionOf } = first.checked;
  const place = { file: fileBelow(folder, file), ...positionOf(['spec']), title: 'pod-hardener: not set' };
  const controls = [...new Set(notes.map(({ control }) => control))];
  return [commandLine('notice', place, `${title}: ${count(notes.length, 'field')} not set: ${controls.join(', ')}`)];
}

interface Place extends Partial<Position> {
  readonly file?: string;
  readonly title: string;
}

function commandLine(command: string, { file, line, column, title }: Place, text: string): string {
  const properties = Object.entries({ file, line, col: column, title }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(String(value))}`],
  );
  return `::${command} ${properties.join(',')}::${escapeText(oneLine(text))}\n`;
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
