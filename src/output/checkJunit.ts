import { standardOf } from './checked.ts';
import type { CheckResults } from './checkResults.ts';
import { failing } from './failOn.ts';
import { fileBelow } from './fileNames.ts';
import { type Finding, findingsOf, type LocatedTemplate, positionsOf } from './findings.ts';
import type { Problem } from './problems.ts';
import { element, xmlText } from './xml.ts';

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

interface Case {
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly xml: string;
}

/** A test case for every template and for everything that could not be read, in JUnit's XML, a suite for each file. */
export function checkJunit(results: CheckResults): string {
  const suites = suitesOf(results);
  const all = suites.flatMap(({ cases }) => cases);
  const content = suites.map(({ name, cases }) => {
    const attributes = { name, ...counts(cases), skipped: countOf(cases, 'skipped') };
    return `\n  ${element('testsuite', attributes, `${cases.map(({ xml }) => `\n    ${xml}`).join('')}\n  `)}`;
  });
  const root = element('testsuites', { name: 'pod-hardener check', ...counts(all) }, `${content.join('')}\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function suitesOf({ templates, problems, failOn, folder }: CheckResults): readonly Suite[] {
  // Whatever the exit status is made to be, what is objected to is no success.
  const severities = failOn === 'never' ? failing.objections : failing[failOn];
  const suites = new Map<string, Case[]>();
  const add = (name: string, one: Case) => {
    const cases = suites.get(name) ?? [];
    suites.set(name, cases);
    cases.push(one);
  };
  for (const checked of templates) {
    const findings = findingsOf([checked]).filter(({ severity }) => severities.includes(severity));
    add(fileBelow(folder, checked.file), caseOf(checked, findings, fileBelow(folder, checked.file)));
  }
  for (const problem of problems) {
    add(problem.file === undefined ? 'input' : fileBelow(folder, problem.file), problemCase(problem));
  }
  return Array.from(suites, ([name, cases]) => ({ name, cases }));
}

function caseOf(checked: LocatedTemplate, findings: readonly Finding[], file: string): Case {
  const { namespace, title } = checked;
  const name = namespace === '' ? title : `${namespace}/${title}`;
  const attributes = { classname: file, name, file };
  if (!checked.isAsked) {
    const message = 'its namespace is not opted in';
    return { outcome: 'skipped', xml: element('testcase', attributes, element('skipped', { message })) };
  }
  if (findings.length === 0) return { outcome: 'passed', xml: element('testcase', attributes) };
  const lines = findings.map((finding) => {
    const [{ line, column }] = positionsOf(finding);
    return `${file}:${line}:${column}: ${finding.text}`;
  });
  const message = findings.length === 1 ? findings[0]?.text : `${findings.length} findings`;
  const failure = element('failure', { message, type: standardOf(checked) }, xmlText(lines.join('\n')));
  return { outcome: 'failure', xml: element('testcase', attributes, failure) };
}

function problemCase({ file, at, text }: Problem): Case {
  const name = at ? `line ${at.line}, column ${at.column}` : 'what could not be read';
  const error = element('error', { message: text, type: 'unreadable' });
  return { outcome: 'error', xml: element('testcase', { classname: file ?? 'input', name, file }, error) };
}

function counts(cases: readonly Case[]) {
  return { tests: cases.length, failures: countOf(cases, 'failure'), errors: countOf(cases, 'error') };
}

function countOf(cases: readonly Case[], outcome: Case['outcome']): number {
  return cases.filter((one) => one.outcome === outcome).length;
}
