export interface TarEntry {
  /** Without a leading slash. A name that ends in a slash is a folder. */
  readonly name: string;
  readonly content?: Buffer;
  /** Makes the entry a symbolic link. */
  readonly linkTo?: string;
  /** 0755 unless given. */
  readonly mode?: number;
  /** 0 unless given. */
  readonly uid?: number;
}

const block = 512;

/** The archive of the entries, in their order, with no times in it: same entries, same bytes. */
export function toTar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    return [headerOf(entry, content.length), content, Buffer.alloc(-content.length & (block - 1))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

/** A header of POSIX.1-1988 (ustar), which every reader of archives knows. Throws if a name is too long for it. */
function headerOf({ name, linkTo, mode = 0o755, uid = 0 }: TarEntry, size: number): Buffer {
  const header = Buffer.alloc(block);
  const text = (value: string, offset: number, length: number) => {
    if (Buffer.byteLength(value) > length) throw new Error(`too long for a tar header: ${value}`);
    header.write(value, offset);
  };
  const octal = (value: number, offset: number, length: number) =>
    text(value.toString(8).padStart(length - 1, '0'), offset, length);
  text(name, 0, 100);
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(uid, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  text(linkTo !== undefined ? '2' : name.endsWith('/') ? '5' : '0', 156, 1);
  text(linkTo ?? '', 157, 100);
  text('ustar\u000000', 257, 8);
  // The checksum is summed up with spaces in its own place.
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  text(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 8);
  return header;
}
