import type { FillValue } from '../policy/control.ts';
import { type Judgement, messageOf } from '../policy/evaluate.ts';
import { type Level, levels } from '../policy/level.ts';
import { toDotted } from '../policy/path.ts';
import type { CheckedTemplate, Filling } from './checked.ts';

/** What `check -o json` prints. Other programs read it: members may be added, but none renamed or taken away. */
export interface CheckReport {
  readonly apiVersion: 'pod-hardener.io/v1alpha1';
  readonly kind: 'CheckReport';
  readonly level: Level;
  readonly version: string;
  readonly results: readonly CheckResult[];
}

export interface CheckResult {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly template: string;
  /** What this template was judged by, where that differs from the report's. */
  readonly level?: Level;
  readonly version?: string;
  readonly before: ResultVerdict;
  readonly after?: ResultVerdict;
  readonly changes?: readonly { readonly control: string; readonly path: string; readonly value: FillValue }[];
  readonly left?: readonly { readonly control: string; readonly path: string; readonly reason: string }[];
}

/** The level and version that all templates were to be judged by. */
export interface Asked {
  readonly level?: Level;
  readonly version?: string;
}

export interface ResultVerdict {
  /** The highest level that the pod passes. */
  readonly level: Level;
  readonly allowed: boolean;
  readonly message: string;
}

/** The report on the templates. Its level is the strictest, and its version the newest, that one was judged by. */
export function checkReport(checked: readonly CheckedTemplate[], asked: Asked = {}): CheckReport {
  const level = asked.level ?? strictestOf(checked.map((one) => one.level)) ?? 'restricted';
  const version = asked.version ?? newestOf(checked.map((one) => one.version)) ?? 'latest';
  return {
    apiVersion: 'pod-hardener.io/v1alpha1',
    kind: 'CheckReport',
    level,
    version,
    results: checked.map((one) => resultOf(one, level, version)),
  };
}

function resultOf(checked: CheckedTemplate, level: Level, version: string): CheckResult {
  const { file, kind, name, namespace, template, before, filling } = checked;
  return {
    file,
    kind,
    name,
    namespace,
    template,
    ...(checked.level !== level && { level: checked.level }),
    ...(checked.version !== version && { version: checked.version }),
    before: resultVerdict(before, checked.level),
    ...(filling && fillingOf(filling, checked.level)),
  };
}

function fillingOf({ after, filled, left }: Filling, level: Level) {
  return {
    after: resultVerdict(after, level),
    changes: filled.map(({ control, path, value }) => ({ control, path: toDotted(path), value })),
    left: left.map(({ control, path, reason }) => ({ control, path: toDotted(path), reason })),
  };
}

function resultVerdict({ level, violations }: Judgement, asked: Level): ResultVerdict {
  return { level, allowed: violations[asked].length === 0, message: messageOf(violations[asked]) };
}

function strictestOf(found: readonly Level[]): Level | undefined {
  return levels.findLast((level) => found.includes(level));
}

/** The newest of the versions; `latest` is newer than any other. */
function newestOf(versions: readonly string[]): string | undefined {
  if (versions.includes('latest')) return 'latest';
  return versions.toSorted((a, b) => minorIn(a) - minorIn(b)).at(-1);
}

function minorIn(version: string): number {
  return Number(version.slice('v1.'.length));
}
