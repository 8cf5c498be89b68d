import { builtInConfiguration, type Configuration, type ConfiguredProfile } from '../admission/configuration.ts';
import { type Exemption, isForAnybody, type Match, termOf } from '../admission/exemptions.ts';
import { oneLine } from '../policy/text.ts';
import type { Paint, Style } from './paint.ts';
import { count } from './summary.ts';
import { wrap } from './wrap.ts';

/** What a configuration means at a moment: its own profiles, its defaults, and its exemptions, in so many columns. */
export function configurationText(
  { profiles, defaults, exemptions }: Configuration,
  now: number,
  paint: Paint,
  width?: number,
): string {
  const builtIn = new Set(builtInConfiguration.profiles);
  const own = profiles.filter((profile) => !builtIn.has(profile));
  const rows = Object.entries(defaults).map(([key, value]) => `${key}: ${value === '' ? 'nothing' : value}`);
  const section = (heading: string, parts: readonly string[]) =>
    [paint('bold', heading), ...(parts.length === 0 ? ['  none'] : parts)].join('\n');
  const point = (text: string) => wrap(oneLine(text), '    ', '      ', width);
  const sections = [
    section(
      'Profiles',
      own.map((profile) => profileText(profile, paint, point)),
    ),
    section(
      'Defaults',
      rows.map((row) => wrap(oneLine(row), '  ', '    ', width)),
    ),
    section(
      'Exemptions',
      exemptions.map((one) => exemptionText(one, now, paint, point)),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

type Point = (text: string) => string;

function profileText(
  { name, level, controls, without = [], modes, settings }: ConfiguredProfile,
  paint: Paint,
  point: Point,
) {
  const filled = controls.map((id) => (modes?.has(id) ? `${id}=${modes.get(id)}` : id));
  const others = [...(modes ?? [])].filter(([id]) => !controls.includes(id)).map(([id, mode]) => `${id}=${mode}`);
  return [
    `  ${paint('bold', name)}: aims at ${level}`,
    point(`fills ${[...filled, ...others].join(', ') || 'nothing'}`),
    ...(without.length > 0 ? [point(`never fills ${without.join(', ')}`)] : []),
    ...Object.entries(settings ?? {}).map(([key, value]) => point(`${key}: ${value === '' ? 'nothing' : value}`)),
  ].join('\n');
}

const styles: Readonly<Record<string, Style>> = { expired: 'red', '7d': 'red', '30d': 'yellow' };

function exemptionText(exemption: Exemption, now: number, paint: Paint, point: Point): string {
  const { name, controls, match, owner, reason } = exemption;
  const left = timeLeft(exemption, now);
  const style = styles[termOf(exemption, now)];
  return [
    `  ${paint('bold', oneLine(name))}: ${style ? paint(style, left) : left}`,
    ...(isForAnybody(exemption) ? [paint('yellow', point(forAnybody))] : []),
    point(`leaves ${controls.join(', ')}`),
    ...criteria(match).map(point),
    point(`owner: ${owner}`),
    point(`reason: ${reason}`),
  ].join('\n');
}

const forAnybody = 'warning: any container in the cluster can meet this; name the namespaces that need it, or images';

const day = 86_400_000;

function timeLeft({ expires }: Exemption, now: number): string {
  if (!expires) return 'has no end';
  if (now >= expires.at) return `has expired (${expires.written})`;
  return `${count(Math.ceil((expires.at - now) / day), 'day')} left (${expires.written})`;
}

function criteria({ namespaces, images, command, args }: Match): readonly string[] {
  return [
    ...(namespaces ? [`in the namespaces ${namespaces.map((glob) => glob.join('*')).join(', ')}`] : []),
    ...(images ? [`with the images ${images.map(({ written }) => written).join(', ')}`] : []),
    ...(command ? [`with the command ${JSON.stringify(command)}`] : []),
    ...(args ? [`with the arguments ${JSON.stringify(args)}`] : []),
  ];
}
