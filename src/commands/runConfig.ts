import { configurationSchema } from '../admission/configurationSchema.ts';
import { termOf } from '../admission/exemptions.ts';
import { configurationText } from '../output/configurationText.ts';
import { createPaint, usesColour } from '../output/paint.ts';
import { ConfigurationError, loadConfiguration } from './configurationFile.ts';
import { processTerminal, type Terminal, widthOf } from './terminal.ts';

/** Says what a file means; the exit status: 0 when all is well, 1 when an exemption ends within 7 days, else 2. */
export async function checkConfiguration(
  file: string,
  terminal: Terminal = processTerminal(),
  now: number = Date.now(),
): Promise<number> {
  try {
    const { configuration } = await loadConfiguration(file);
    const paint = createPaint(usesColour('auto', terminal));
    terminal.out(configurationText(configuration, now, paint, widthOf(terminal)));
    return configuration.exemptions.some((one) => ['expired', '7d'].includes(termOf(one, now))) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const sentence of error.sentences) terminal.say(sentence);
    return 2;
  }
}

/** Prints the JSON Schema of the file; the exit status. */
export function printSchema(terminal: Terminal = processTerminal()): number {
  terminal.out(`${JSON.stringify(configurationSchema(), null, 2)}\n`);
  return 0;
}
