import { execFile } from 'node:child_process';
import { kubectlProgram } from '../../scripts/controlPlane.ts';

export type Json = Record<string, unknown>;

/** What a run of kubectl printed, and what it complained of. Complaints do not keep it from reading the rest. */
export interface Reading {
  readonly objects: readonly Json[];
  readonly complaints: string;
}

const label = 'pod-hardener-test';

/** The objects that kubectl reads in a file or folder, without a cluster. */
export async function kubectlReads(path: string): Promise<Reading> {
  const args = ['label', '--local', '--recursive', `--filename=${path}`, `${label}=1`, '--output=json'];
  const { out, said } = await runKubectl(args);
  return { objects: valuesIn(out).map(withoutLabel), complaints: said };
}

/** What kubectl prints with the arguments, whatever its exit code. */
export async function runKubectl(args: readonly string[]): Promise<{ readonly out: string; readonly said: string }> {
  const program = await kubectlProgram(process.env, (line) => console.error(`    ${line}`));
  return new Promise((resolve) => {
    execFile(program, [...args], { maxBuffer: 1024 ** 3 }, (_, out, said) => resolve({ out, said }));
  });
}

/** kubectl prints one object behind the other, each from a line `{` to a line `}`. */
function valuesIn(text: string): Json[] {
  return text
    .split(/(?<=^\})\n/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part));
}

function withoutLabel(object: Json): Json {
  const { labels, ...metadata } = object.metadata as { labels?: Json };
  const { [label]: _, ...others } = labels ?? {};
  const rest = Object.keys(others).length > 0 ? { labels: others } : {};
  return { ...object, metadata: { ...metadata, ...rest } };
}
