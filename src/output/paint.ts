import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Gives a text the look of a style, or returns it as it is where there are no colours. */
export type Paint = (style: Style, text: string) => string;

/** When to use colours. */
export const colourChoices = ['auto', 'always', 'never'] as const;

export type ColourChoice = (typeof colourChoices)[number];

/** What there is to know of the place that is written to. */
export interface Display {
  readonly isTerminal: boolean;
  /** Whether the user's environment asks for no colours. */
  readonly noColour: boolean;
}

/** Whether to use colours: by default on a terminal only, unless its user does not want them. */
export function usesColour(choice: ColourChoice, { isTerminal, noColour }: Display): boolean {
  return choice === 'auto' ? isTerminal && !noColour : choice === 'always';
}

export function createPaint(colours: boolean): Paint {
  // The choice has been made: this must not look at the stream again.
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
}
