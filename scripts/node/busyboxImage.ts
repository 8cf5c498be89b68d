import { readFile } from 'node:fs/promises';
import { type Image, type ImageConfig, withFolders } from './image.ts';
import type { TarEntry } from './tar.ts';

const applets = ['cat', 'chown', 'grep', 'httpd', 'id', 'kill', 'ls', 'nc', 'sh', 'sleep', 'su', 'touch', 'wget'];

/** Root, and a user with a name, as images of applications have them. */
const passwd = ['root:x:0:0::/:/bin/sh', 'app:x:1000:1000::/home/app:/bin/sh', ''].join('\n');
const group = ['root:x:0:', 'app:x:1000:', ''].join('\n');

/** A small image of one statically linked program, with a shell, a user named app, and whatever else is given. */
export async function busyboxImage(
  name: string,
  busybox: string,
  config: ImageConfig,
  files: readonly TarEntry[] = [],
): Promise<Image> {
  const all = withFolders([
    { name: 'bin/busybox', content: await readFile(busybox) },
    ...applets.map((applet) => ({ name: `bin/${applet}`, linkTo: 'busybox' })),
    { name: 'etc/passwd', content: Buffer.from(passwd), mode: 0o644 },
    { name: 'etc/group', content: Buffer.from(group), mode: 0o644 },
    { name: 'home/app/', uid: 1000 },
    { name: 'tmp/', mode: 0o1777 },
    ...files,
  ]);
  return { name, config: { Env: ['PATH=/bin'], ...config }, files: all };
}
