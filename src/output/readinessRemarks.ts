import type { NamespaceReadiness } from '../readiness/readiness.ts';
import { exemptionUseText } from './exemptionText.ts';

/** What has to be known to read the numbers rightly. */
export function remarksOn({
  filledBefore,
  debugged,
  finished,
  leftOut,
  problems,
  exemptions,
  isSystem,
  mode = 'fill',
}: NamespaceReadiness): readonly string[] {
  const part = (number: number, one: string, many: string) =>
    number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
  const leaving = leftOut.leaving + leftOut.finished;
  return [
    ...problems,
    ...exemptions.map(exemptionUseText),
    ...(mode === 'fill' ? [] : [`its mode is ${mode}: nothing is filled until that is taken away`]),
    ...(isSystem ? ['pod-hardener is never called here: nothing is filled'] : []),
    ...part(filledBefore, 'was filled when it was created', 'were filled when they were created'),
    ...part(finished, 'has ended, and may come again', 'have ended, and may come again'),
    ...part(
      debugged,
      'has debug containers, which are not looked at',
      'have debug containers, which are not looked at',
    ),
    ...part(
      leaving,
      'more has ended or is being deleted: not looked at',
      'more have ended or are being deleted: not looked at',
    ),
  ];
}
