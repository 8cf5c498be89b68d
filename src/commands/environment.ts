import type { Command } from 'commander';

const prefix = 'PODHARDENER_';

/** The environment variable that stands for a long option: `--metrics-port` is `PODHARDENER_METRICS_PORT`. */
export function variableOf(flag: string): string {
  return prefix + flag.replace(/^--/, '').toUpperCase().replaceAll('-', '_');
}

/**
 * The command's options as they were written: on the command line, else in the environment, else by default. This
 * is where the program reads its environment.
 */
export function writtenOptions(command: Command): Readonly<Record<string, string | boolean | undefined>> {
  const written: Record<string, string | boolean | undefined> = command.opts();
  for (const option of command.options) {
    const name = option.attributeName();
    const value = process.env[variableOf(option.long ?? '')];
    const takesValue = option.required || option.optional;
    // Templates leave a variable empty that they have nothing for.
    const isGiven = value !== undefined && !(takesValue && value === '');
    if (!isGiven || command.getOptionValueSource(name) === 'cli') continue;
    written[name] = takesValue ? value : isOn(value) !== option.negate;
  }
  return written;
}

function isOn(value: string): boolean {
  return !['', '0', 'false', 'no', 'off'].includes(value.trim().toLowerCase());
}

/** Whether the user wants no colours: `NO_COLOR` (no-color.org), or a terminal that has none. */
export function wantsNoColour(): boolean {
  return Boolean(process.env.NO_COLOR) || process.env.TERM === 'dumb';
}
