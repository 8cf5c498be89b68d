import { createHash } from 'node:crypto';
import type { Position } from '../manifests/position.ts';
import { oneLine } from '../policy/text.ts';
import type { CheckResults } from './checkResults.ts';
import { fileUri } from './fileNames.ts';
import { type Finding, findingsOf, positionsOf } from './findings.ts';
import type { Problem } from './problems.ts';
import { sarifRules } from './sarifRules.ts';

/** What is a folder on one machine is another on the next: files are named from the one that the program was run in. */
const base = '%SRCROOT%';

/** The findings as a log in SARIF 2.1.0, for code scanning. */
export function checkSarif(results: CheckResults): string {
  const { templates, problems, folder, programVersion } = results;
  const rules = sarifRules();
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'pod-hardener', semanticVersion: programVersion, rules } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [base]: { description: { text: 'The folder that pod-hardener was run in.' } } },
        invocations: [
          {
            executionSuccessful: problems.length === 0,
            toolExecutionNotifications: problems.map((problem) => notificationOf(problem, folder)),
          },
        ],
        results: findingsOf(templates).map((finding) => resultOf(finding, indexes.get(finding.control) ?? -1, folder)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(finding: Finding, ruleIndex: number, folder: string) {
  const { control, severity, text, checked } = finding;
  const [first, ...others] = positionsOf(finding);
  const { namespace, title } = checked;
  return {
    ruleId: control,
    ruleIndex,
    level: severity,
    message: { text },
    locations: [
      {
        ...locationOf(checked.file, folder, first),
        logicalLocations: [{ fullyQualifiedName: oneLine(namespace === '' ? title : `${namespace}/${title}`) }],
      },
    ],
    ...(others.length > 0 && {
      relatedLocations: others.map((position) => locationOf(checked.file, folder, position)),
    }),
    partialFingerprints: { 'podHardener/v1': fingerprintOf(finding, folder) },
  };
}

function locationOf(file: string, folder: string, at?: Position) {
  const uri = fileUri(folder, file);
  return {
    physicalLocation: {
      artifactLocation: { uri, ...(!uri.startsWith('file:') && { uriBaseId: base }) },
      ...(at && { region: { startLine: at.line, startColumn: at.column } }),
    },
  };
}

/** Stays the same when lines move, and when what is said of a field is worded anew. */
function fingerprintOf({ control, checked, paths }: Finding, folder: string): string {
  const { file, kind, namespace, name, template } = checked;
  const parts = [fileUri(folder, file), kind, namespace, name, template, control, paths];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function notificationOf({ file, at, text }: Problem, folder: string) {
  return {
    level: 'error',
    message: { text: oneLine(text) },
    ...(file !== undefined && { locations: [locationOf(file, folder, at)] }),
  };
}
