import { createHash } from 'node:crypto';
import { type TarEntry, toTar } from './tar.ts';

/** How an image is run, in the words of its configuration. */
export interface ImageConfig {
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
}

export interface Image {
  /** With registry and tag, as pods name it. */
  readonly name: string;
  readonly config: ImageConfig;
  /** The file system: one layer. */
  readonly files: readonly TarEntry[];
}

/** The image as an archive of the kind that `docker save` writes and `ctr images import` reads. */
export function toImageArchive({ name, config, files }: Image): Buffer {
  const layer = toTar(files);
  const rootfs = { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(layer).digest('hex')}`] };
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const created = '1970-01-01T00:00:00Z';
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  return toTar([
    { name: 'manifest.json', content: json([{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }]) },
    { name: 'config.json', content: json({ architecture, os: 'linux', created, config, rootfs }) },
    { name: 'layer.tar', content: layer },
  ]);
}

/** The folders above the files, which a runtime would else make up, each before what it holds. */
export function withFolders(files: readonly TarEntry[]): readonly TarEntry[] {
  const given = new Set(files.map(({ name }) => name));
  const above = new Set(files.flatMap(({ name }) => foldersAbove(name)));
  const missing = [...above].filter((name) => !given.has(name)).sort();
  return [...missing.map((name) => ({ name })), ...files];
}

function foldersAbove(name: string): readonly string[] {
  const parts = name.split('/').slice(0, name.endsWith('/') ? -2 : -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
}
