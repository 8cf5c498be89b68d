/** The text as it stands in XML 1.0, in an element or in an attribute's double quotes. */
export function xmlText(text: string): string {
  return Array.from(text, escapeCharacter).join('');
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  // Written as they are, they would be read as spaces in an attribute, or as ends of lines.
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
]);

function escapeCharacter(character: string): string {
  const entity = entities.get(character);
  if (entity !== undefined) return entity;
  // There is no way to write these.
  return character < ' ' || /[\p{Cs}\uFFFE\uFFFF]/u.test(character) ? '?' : character;
}

/** An element with its attributes, those that are undefined left out, and its content, which is XML already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content = '',
): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${xmlText(String(value))}"`],
  );
  const opening = `<${name}${written.join('')}`;
  return content === '' ? `${opening}/>` : `${opening}>${content}</${name}>`;
}
