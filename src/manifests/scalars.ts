const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const trues = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const falses = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);

/**
 * What kubectl reads a scalar without quotes as: null, a boolean, a number (NaN and infinite ones included, for which
 * JSON has no word), or the text itself.
 */
export function readPlain(text: string): null | boolean | number | string {
  if (nulls.has(text)) return null;
  if (trues.has(text)) return true;
  if (falses.has(text)) return false;
  if (!beginsNumber.test(text)) return text;
  return unwritable.test(text) ? infinityOf(text) : readNumber(text);
}

const beginsNumber = /^[-+.\d]/;

const unwritable = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

function infinityOf(text: string): number {
  if (text.startsWith('-')) return Number.NEGATIVE_INFINITY;
  return /f$/i.test(text) ? Number.POSITIVE_INFINITY : Number.NaN;
}

const integer = /^[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][\da-fA-F]+|0|[1-9]\d*)$/;
const decimal = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** An integer of 64 bits, else a decimal that is not too large, else the text. */
function readNumber(text: string): number | string {
  // What begins with the point is read by other rules: underscores stand between digits only.
  if (text.startsWith('.') && /(?<!\d)_|_(?!\d)/.test(text)) return text;
  const plain = text.replaceAll('_', '').replace(/^0b([-+])/, '$10b');
  if (integer.test(plain)) {
    const value = integerOf(plain);
    // Only without a sign is there room for more than 63 bits.
    if (value >= -(2n ** 63n) && value < (plain.startsWith('+') ? 2n ** 63n : 2n ** 64n)) return Number(value);
  }
  const value = decimal.test(plain) ? Number(plain) : Number.NaN;
  // The API has no negative zero.
  if (Number.isFinite(value)) return value === 0 ? 0 : value;
  return text;
}

function integerOf(plain: string): bigint {
  const digits = plain.replace(/^[-+]/, '').replace(/^0o?(?=[0-7])/i, '0o');
  const value = BigInt(digits.toLowerCase());
  return plain.startsWith('-') ? -value : value;
}
