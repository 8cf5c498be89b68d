import { inReplica, replicas } from './installation.ts';

/** How many images a replica knows in each state. */
export type KnownImages = Readonly<Record<'root' | 'uid' | 'named', number>>;

/** How many images each replica knows, the oldest first, by its own metrics. */
export async function knownByEach(): Promise<readonly KnownImages[]> {
  return Promise.all((await replicas()).map(({ metadata }) => knownBy(metadata?.name)));
}

async function knownBy(name: string | undefined): Promise<KnownImages> {
  const script = "fetch('http://127.0.0.1:8080/metrics').then((r) => r.text()).then((t) => process.stdout.write(t))";
  const text = await inReplica(name, script);
  const count = (state: string) =>
    Number(new RegExp(`image_evidence\\{state="${state}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  return { root: count('root'), uid: count('uid'), named: count('named') };
}
