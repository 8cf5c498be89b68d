import type { FillValue, Mode } from '../policy/control.ts';
import type { Change } from '../policy/harden.ts';
import { toDotted } from '../policy/path.ts';
import type { TemplateOutcome } from './summary.ts';

/** What `preview -o json` prints. Other programs read it: members may be added, but none renamed or taken away. */
export interface PreviewReport {
  readonly apiVersion: 'pod-hardener.io/v1alpha1';
  readonly kind: 'PreviewReport';
  readonly results: readonly PreviewResult[];
}

export interface PreviewResult {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly template: string;
  readonly optedIn: boolean;
  readonly changes: readonly ReportedChange[];
  /** What the modes `audit` and `warn` leave undone. */
  readonly wouldFill: readonly (ReportedChange & { readonly mode: Mode })[];
  readonly left: readonly { readonly control: string; readonly path: string; readonly reason: string }[];
}

export interface ReportedChange {
  readonly control: string;
  readonly path: string;
  readonly value: FillValue;
}

/** A template, and the object and file that it is in. */
export interface PreviewedTemplate extends TemplateOutcome {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly template: string;
}

/** The report on the templates. */
export function previewReport(templates: readonly PreviewedTemplate[]): PreviewReport {
  return { apiVersion: 'pod-hardener.io/v1alpha1', kind: 'PreviewReport', results: templates.map(resultOf) };
}

function resultOf(previewed: PreviewedTemplate): PreviewResult {
  const { file, kind, name, namespace, template, optedIn, filled, wouldFill, left } = previewed;
  return {
    ...{ file, kind, name, namespace, template, optedIn },
    changes: filled.map(reported),
    wouldFill: wouldFill.map((change) => ({ ...reported(change), mode: change.mode })),
    left: left.map(({ control, path, reason }) => ({ control, path: toDotted(path), reason })),
  };
}

function reported({ control, path, value }: Change): ReportedChange {
  return { control, path: toDotted(path), value };
}
