import { modes } from '../policy/control.ts';
import { controls } from '../policy/controls/index.ts';
import { levels } from '../policy/level.ts';
import { profiles } from '../policy/profiles.ts';
import { parseChoices } from './controlChoices.ts';
import { keyPrefix, type NamespaceKey } from './keys.ts';
import type { IntegerShape, ListShape, ObjectShape, Shape, TextShape } from './shape.ts';
import { largestId } from './values.ts';

/** What the configuration file says of itself. */
export const configurationKind = { apiVersion: `${keyPrefix}v1alpha1`, kind: 'Configuration' } as const;

/** The controls that fill something, and so can be added, taken out and exempted. */
export const fillable: readonly string[] = controls.filter(({ rules }) => rules).map(({ id }) => id);

/** Far more than anybody can oversee, and few enough for metrics to tell them apart. */
const mostProfiles = 32;
const mostExemptions = 500;

const names = fillable.join('|');

function text(about: string): TextShape {
  return { type: 'text', about, pattern: '\\S', asks: 'a text that says anything' };
}

function word(about: string, words: readonly string[]): TextShape {
  return { type: 'text', about, words };
}

function id(about: string): IntegerShape {
  return { type: 'integer', about, least: 1, most: largestId };
}

function list(about: string, of: Shape): ListShape {
  return { type: 'list', about, of };
}

const choices = list('What the list of controls is changed by.', {
  type: 'text',
  about: 'A control that is added (+), taken out (-), or given a mode of its own.',
  pattern: `^([+-](${names})|(${names})=(${modes.join('|')}))$`,
  asks: '"+control", "-control" or "control=mode" for a control that is filled',
  complaint: (written) => parseChoices(written).problems[0],
});

/** The settings that a profile may bring along. */
const values = {
  'run-as-user': id('The user for containers of which nobody says which they run as.'),
  'run-as-group': id('The primary group for containers that have a user and no group.'),
  'fs-group': id('The group that owns the volumes of pods for which nobody names one.'),
  'supplemental-groups': list('Further groups for pods for which nobody names any.', id('The id of a group.')),
  'seccomp-profile': {
    type: 'text',
    about: 'What the control seccompProfile fills.',
    pattern: '^(RuntimeDefault|Localhost/[^/].*)$',
    asks: '"RuntimeDefault" or like "Localhost/profiles/app.json"',
  },
  'root-images': {
    type: 'either',
    about:
      'What becomes of containers whose image is known to run as root: left, filled all the same, or given a user.',
    of: [word('Left, or filled all the same.', ['leave', 'fill']), id('The user that they are given.')],
  },
  'writable-paths': {
    type: 'list',
    about: 'The paths that stay writable beside a read-only root filesystem.',
    mayBeEmpty: true,
    of: {
      type: 'text',
      about: 'An absolute path.',
      pattern: '^/+[^,:/][^,:]*$',
      asks: 'an absolute path without commas and colons',
    },
  },
} as const satisfies Partial<Record<NamespaceKey, Shape>>;

/** Everything that applies to namespaces which do not say it themselves. */
const settings: Readonly<Record<Exclude<NamespaceKey, 'profile' | 'shadow-profile'>, Shape>> = {
  'profile-version': {
    type: 'text',
    about: 'The version of the Pod Security Standards that is aimed at.',
    pattern: '^(latest|v1\\.(0|[1-9]\\d{0,2}))$',
    asks: '"latest" or like "v1.36"',
  },
  mode: word('What is done about unset fields: recorded, also told to the client, or filled.', modes),
  controls: choices,
  ...values,
  'pod-overrides': word('Whether the annotation of a pod may ask for less.', ['forbidden', 'allowed']),
};

const profile: ObjectShape = {
  type: 'object',
  about: 'A profile of your own.',
  required: ['name', 'extends'],
  members: {
    name: {
      type: 'text',
      about: 'What namespaces are labelled with.',
      pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
      asks: 'of lower case letters, digits and hyphens, at most 63',
    },
    extends: text(
      `The profile that it differs from: ${profiles.map(({ name }) => name).join(', ')}, or another one here.`,
    ),
    level: word(
      'The level of the Pod Security Standards that it aims at; by default that of the other profile.',
      levels,
    ),
    controls: choices,
    ...values,
  },
};

const match: ObjectShape = {
  type: 'object',
  about: 'The containers that are meant: those that meet every criterion here. There is namespaces or images, or both.',
  // Whoever creates a pod chooses its command.
  oneOrMore: { of: ['namespaces', 'images'], because: 'so anybody could meet it' },
  members: {
    namespaces: list('Namespaces that their pods are in.', {
      type: 'text',
      about: 'The name of a namespace, in which * stands for anything.',
      pattern: '^[-a-z0-9*]{1,63}$',
      asks: 'the name of a namespace, in which * stands for anything',
    }),
    images: list(
      'Images that they run.',
      text('The reference of an image, in which * stands for anything but a slash. Without a tag, any tag and digest.'),
    ),
    command: list('Their whole command, word for word.', { type: 'text', about: 'A word of the command.' }),
    args: list('Their whole arguments, word for word.', { type: 'text', about: 'An argument.' }),
  },
};

const exemption: ObjectShape = {
  type: 'object',
  about: 'Controls that are not filled in some containers.',
  required: ['name', 'controls', 'match', 'owner', 'reason'],
  members: {
    name: text('What it is called in warnings.'),
    controls: list('The controls that are not filled.', word('The name of a control.', fillable)),
    match,
    owner: text('Who answers for it.'),
    reason: text('Why it is needed.'),
    expires: {
      type: 'text',
      about: 'The last day on which it applies, in UTC, or the time at which it ends. Without it there is no end.',
      pattern: '^\\d{4}-\\d\\d-\\d\\d([Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d))?$',
      asks: 'a date like "2027-01-31" or a time like "2027-01-31T12:00:00Z"',
    },
  },
};

/** The whole configuration file. */
export const configurationShape: ObjectShape = {
  type: 'object',
  about: 'The configuration of pod-hardener.',
  required: ['apiVersion', 'kind'],
  members: {
    apiVersion: word('The version of this format.', [configurationKind.apiVersion]),
    kind: word('The kind of this file.', [configurationKind.kind]),
    profiles: { ...list('Profiles of your own.', profile), mayBeEmpty: true, most: mostProfiles },
    defaults: {
      type: 'object',
      about: 'What applies to opted-in namespaces where neither they nor their profile say anything.',
      members: settings,
    },
    exemptions: {
      ...list('What is not filled in some containers.', exemption),
      mayBeEmpty: true,
      most: mostExemptions,
    },
  },
};
