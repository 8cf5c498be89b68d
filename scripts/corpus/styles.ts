import { emit, plain, type Style } from './emit.ts';

/** Writes documents the way somebody does. */
export type Write = (documents: readonly object[]) => string;

const block =
  (style: Partial<Style> = {}): Write =>
  (documents) =>
    documents.map((one) => `${emit(one, { ...plain, ...style }).join('\n')}\n`).join('---\n');

const json =
  (indent?: string | number): Write =>
  (documents) =>
    `${JSON.stringify(wrapped(documents), null, indent)}\n`;

function wrapped(documents: readonly object[]): object {
  return documents.length === 1 ? (documents[0] ?? {}) : { apiVersion: 'v1', kind: 'List', items: documents };
}

const then =
  (write: Write, change: (text: string) => string): Write =>
  (documents) =>
    change(write(documents));

/** The same with the keys of each mapping in the order of the alphabet. */
function sorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sorted) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)])) as T;
}

const singleQuoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const last = (path: readonly string[]) => path.at(-1) ?? '';
const isListItem = (path: readonly string[]) => /^\d+$/.test(last(path));
const deep = (key: string) => (path: readonly string[]) => last(path) === key;

/** A script in which everything looks like a manifest, in the place of the arguments. */
const script = ['|', 'spec:', '  containers:', '  - name: x # no', '', '\tsecurityContext: {}', '---', 'done'];

/** What a value as of text is replaced by, in the lines of its key's column. */
function withScript(header: string) {
  return (text: string) =>
    text.replace(/^( *)(- )?args:\n(?:\1(?: {2})?(?: {2})*- .*\n)+/gm, (_, indent: string, dash = '') => {
      const column = ' '.repeat(indent.length + dash.length);
      const lines = script.slice(1).map((line) => (line === '' ? '' : `${column}  ${line}`));
      return `${indent}${dash}args:\n${column}- ${header}\n${lines.join('\n')}\n`;
    });
}

/** Anchors are known in their own document only. */
const inEachDocument = (change: (text: string) => string) => (text: string) =>
  text.split('---\n').map(change).join('---\n');

/** Every image said once, and meant wherever it is repeated. */
function withAnchors(text: string): string {
  const seen = new Map<string, string>();
  return text.replace(/^( *(?:- )?image: )(\S+)$/gm, (_, head: string, value: string) => {
    const known = seen.get(value);
    if (known) return `${head}*${known}`;
    const anchor = `image${seen.size}`;
    seen.set(value, anchor);
    return `${head}&${anchor} ${value}`;
  });
}

/** The labels of a template as an anchor, which the selector refers to; the labels of the object itself as another. */
function withSharedMaps(text: string): string {
  const anchored = text.replace(/^ {2}labels:$/gm, '  labels: &labels');
  return anchored.replace(/^ {4}matchLabels:\n(?: {6}.*\n)+/gm, '    matchLabels: *labels\n');
}

/** One security context for all containers of a pod that have none of their own. */
function withSharedContext(text: string): string {
  if (text.includes('securityContext')) return text;
  let seen = 0;
  return text.replace(/^( *)- name: .*\n(?=\1 {2}image)/gm, (item, indent: string) => {
    const context = seen++ === 0 ? `&context\n${indent}    runAsUser: 1_000` : '*context';
    return `${item}${indent}  securityContext: ${context}\n`;
  });
}

/** Each container begins with what it merges. */
function withMerges(text: string): string {
  return text.replace(/^( *)- name: (.*)$/gm, (_, indent: string, name: string) => {
    return `${indent}- <<: {imagePullPolicy: IfNotPresent}\n${indent}  name: ${name}`;
  });
}

/** Every style by its name. */
export const styles: Readonly<Record<string, Write>> = {
  above: block({ above: (path) => (isListItem(path) ? [] : [`# about ${last(path)}`]) }),
  anchors: then(block(), inEachDocument(withAnchors)),
  banner: then(
    block(),
    (text) => `# Copyright\n#\n# All rights reserved.\n\n---\n# Source: chart/templates/x.yaml\n${text}`,
  ),
  behind: block({ behind: (path) => ` # ${last(path)}` }),
  'blank-lines': block({
    above: (path) => (['spec', 'containers', 'image', 'template'].includes(last(path)) ? [''] : []),
  }),
  'block-literal': then(block(), withScript('|')),
  'block-folded': then(block({ listStep: 2 }), withScript('>-')),
  'commented-out': block({
    above: (path) => (last(path) === 'containers' ? ['# securityContext:', '#   runAsUser: 0'] : []),
  }),
  'comments-left': then(block({ listStep: 2 }), (text) => text.replace(/\n( +)image:/g, '\n# left\n$1image:')),
  directive: then(block(), (text) => `%YAML 1.1\n---\n${text}`),
  'document-end': then(block(), (text) => `${text.replaceAll('---\n', '...\n---\n')}...\n`),
  'document-start': then(block(), (text) => `--- # first\n${text}`),
  'double-quoted': block({ key: JSON.stringify, scalar: JSON.stringify }),
  'empty-documents': then(block(), (text) => `---\n---\n# nothing\n---\n${text}---\n\n---\n`),
  'explicit-keys': block({ explicit: true }),
  'flow-all': block({ isFlow: (path) => path.length === 1 }),
  'flow-containers': block({ isFlow: (path) => /^(initC|c)ontainers$/.test(path.at(-2) ?? '') }),
  'flow-contexts': block({ isFlow: deep('securityContext') }),
  'flow-lists': block({ isFlow: deep('containers') }),
  'flow-spec': block({ isFlow: (path) => last(path) === 'spec' && path.length > 1 }),
  'four-spaces': block({ step: 4, listStep: 4 }),
  'four-spaces-dashes': block({ step: 4, listStep: 2 }),
  indented: block({ listStep: 2 }),
  'json-minified': (documents) => JSON.stringify(wrapped(documents)),
  'json-pretty': json(2),
  'json-tabs': json('\t'),
  'lone-dashes': block({ listStep: 2, loneDash: true }),
  'long-lines': block({ scalar: (text) => JSON.stringify(text.startsWith('a: b') ? 'word '.repeat(60) : text) }),
  mark: then(block(), (text) => `\uFEFF${text}`),
  merged: then(block(), withMerges),
  'no-last-line-end': then(block(), (text) => text.replace(/\n$/, '')),
  'one-space': block({ step: 1, listStep: 1 }),
  'shared-context': then(block(), inEachDocument(withSharedContext)),
  'shared-maps': then(block(), inEachDocument(withSharedMaps)),
  sorted: (documents) => block()(documents.map(sorted)),
  'single-quoted': block({ key: singleQuoted, scalar: singleQuoted }),
  tabs: then(block(), (text) => text.replace(/: (\S.*)$/gm, ':\t$1 \t')),
  tagged: block({ scalar: (text) => `!!str ${JSON.stringify(text)}` }),
  'trailing-spaces': then(block(), (text) => text.replace(/$/gm, '  ')),
  unicode: block({
    scalar: (text) => JSON.stringify(text.startsWith('a: b') ? 'für 東京 👩‍🚀' : text),
    above: (path) => (last(path) === 'spec' ? ['# Ünï — 東京'] : []),
  }),
  unindented: block(),
  wide: block({ space: '    ' }),
  windows: then(block({ listStep: 2 }), (text) => text.replaceAll('\n', '\r\n')),
};
