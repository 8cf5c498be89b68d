import { oneLine } from '../policy/text.ts';

/** The text on one line as it stands in HTML, in an element or in an attribute's quotes: nothing in it is markup. */
export function htmlText(text: string): string {
  return oneLine(text).replace(/[&<>"'`=]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The attributes of an element; those that are undefined are left out. */
export function attributes(members: Readonly<Record<string, string | number | boolean | undefined>>): string {
  return Object.entries(members)
    .map(([name, value]) => {
      if (value === undefined || value === false) return '';
      return value === true ? ` ${name}` : ` ${name}="${htmlText(String(value))}"`;
    })
    .join('');
}
