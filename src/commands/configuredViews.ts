import type { Asked } from '../readiness/askedPolicy.ts';
import { type ChosenConfiguration, configurationOrSaid, profileIn } from './chosenConfiguration.ts';
import { ConfigurationError } from './configurationFile.ts';
import type { PolicySide } from './policySides.ts';
import type { ReportOptions } from './runReport.ts';
import type { Terminal } from './terminal.ts';

/** What is asked of the pods, and under which configuration. */
export interface View extends ChosenConfiguration {
  readonly asked: Asked;
  /** Whether there is another one. */
  readonly isCompared: boolean;
}

/** One view, or the two that are compared; undefined, once that has been said, where a file or a profile is none. */
export async function configuredViews(
  { asked, config, diff }: Pick<ReportOptions, 'asked' | 'config' | 'diff'>,
  now: number,
  say: Terminal['say'],
): Promise<readonly View[] | undefined> {
  const chosen = await configurationOrSaid({ config, profile: asked.profile }, now, say);
  if (!chosen) return undefined;
  const { profile = asked.profile } = chosen;
  if (!diff) return [{ ...chosen, isCompared: false, asked: { ...asked, ...(profile !== undefined && { profile }) } }];
  const views: View[] = [];
  for (const side of diff) {
    const view = await viewOf(side, chosen, now, say);
    if (!view) return undefined;
    views.push(view);
  }
  return views;
}

async function viewOf(
  side: PolicySide,
  chosen: ChosenConfiguration,
  now: number,
  say: Terminal['say'],
): Promise<View | undefined> {
  if ('file' in side) {
    const own = await configurationOrSaid({ config: side.file }, now, say);
    return own && { ...own, isCompared: true, asked: { inForce: true } };
  }
  const { asked } = side;
  const view = { ...chosen, isCompared: true, asked };
  if (!chosen.configuration || asked.profile === undefined) return view;
  try {
    return { ...view, asked: { ...asked, profile: profileIn(chosen.configuration, '--diff', asked.profile) } };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    say(`error: ${error.message}`);
    return undefined;
  }
}
