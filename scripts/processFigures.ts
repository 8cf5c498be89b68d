import { readFileSync } from 'node:fs';

/** The memory that a process has in use, and the most that it ever had, in MiB; NaN where the system does not tell. */
export function memoryOf(pid: number | undefined): { readonly now: number; readonly most: number } {
  const status = read(pid, 'status');
  const mebibytes = (name: string) => {
    const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
    return Number(kibibytes ?? Number.NaN) / 1024;
  };
  return { now: mebibytes('VmRSS'), most: mebibytes('VmHWM') };
}

/** The processor time that a process has used, in microseconds; NaN where the system does not tell. */
export function processorMicrosOf(pid: number | undefined): number {
  const fields = read(pid, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ');
  // Linux counts it in hundredths of a second.
  return (Number(fields[11] ?? Number.NaN) + Number(fields[12] ?? Number.NaN)) * 10_000;
}

/** What Linux says of a process in that file; nothing where there is no such file, or no such process. */
function read(pid: number | undefined, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
