import { oneLine } from '../policy/text.ts';
import { type CheckedTemplate, remainingOf } from './checked.ts';

/** A line for everything that still stands in the way: `a.yaml: Deployment/web spec.template: host namespaces (…)`. */
export function checkText(checked: readonly CheckedTemplate[]): string {
  return checked.map(linesOf).join('');
}

function linesOf(checked: CheckedTemplate): string {
  const { file, title } = checked;
  return remainingOf(checked)
    .map(({ reason, detail }) => `${oneLine(`${file}: ${title}: ${reason} (${detail})`)}\n`)
    .join('');
}
