import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { connect, connectPlainly, head, type Server } from './client.ts';
import { creation } from './reviews.ts';

/** What somebody may do to the port, on one connection. */
export interface Attack {
  readonly name: string;
  readonly open: (server: Server) => Promise<Socket>;
  /** What is sent, given the number of the connection. */
  readonly say: (index: number) => string | Buffer;
  /** What is sent every now and then after that. */
  readonly trickle?: string;
  /** Whether the connection is dropped as soon as that is sent. */
  readonly leaves?: boolean;
  /** How many reviews are sent that may be answered. */
  readonly reviews?: number;
}

/** Connections of attacks that go on until they are ended. */
export interface Siege {
  /** Everything that the other side has said so far, by the name of the attack. */
  readonly said: () => ReadonlyMap<string, string>;
  readonly end: () => void;
}

const withOldTls = (server: Server) =>
  connect(server, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });

const chunked = (text: string) => head({ 'Transfer-Encoding': 'chunked' }) + text;
const whole = (body: Buffer, extra: Readonly<Record<string, string>> = {}) =>
  Buffer.concat([Buffer.from(head({ 'Content-Length': body.length, ...extra })), body]);
const noise = (length: number, index: number) =>
  Buffer.from(Array.from({ length }, (_, at) => (at * 7919 + index * 104_729) % 256));
const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
const nested = Buffer.from('['.repeat(20_000) + ']'.repeat(20_000));
const intricate = Buffer.from(`[${'[],'.repeat(500_000)}[]]`);

/** The first bytes of a TLS record that announces a handshake message of 512 bytes. */
export const halfHandshake = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 0xfc]);

/** Everything that is done to the port, each in its own way. */
export const attacks: readonly Attack[] = [
  { name: 'silence', open: connectPlainly, say: () => '' },
  { name: 'silence after the handshake', open: connect, say: () => '' },
  { name: 'half a handshake', open: connectPlainly, say: () => halfHandshake },
  { name: 'garbage for a handshake', open: connectPlainly, say: (index) => noise(600, index) },
  { name: 'plain HTTP', open: connectPlainly, say: () => head({}, 'GET / HTTP/1.1') },
  { name: 'TLS 1.1', open: withOldTls, say: () => '' },
  { name: 'garbage for HTTP', open: connect, say: (index) => noise(600, index) },
  { name: 'headers that do not end', open: connect, say: () => 'POST /mutate HTTP/1.1\r\n', trickle: 'X-More: 1\r\n' },
  { name: 'a body that does not end', open: connect, say: () => head({ 'Content-Length': 9_999 }), trickle: ' ' },
  { name: 'a chunk that is not as long as it says', open: connect, say: () => chunked('ffff\r\n{}\r\n0\r\n\r\n') },
  { name: 'a chunk without a length', open: connect, say: () => chunked('zz\r\n{}\r\n0\r\n\r\n') },
  { name: 'a chunk of more than there is', open: connect, say: () => chunked('ffffffffffffffff\r\n{}') },
  {
    name: 'a length and chunks',
    open: connect,
    say: () => head({ 'Content-Length': 2, 'Transfer-Encoding': 'chunked' }),
  },
  { name: 'a length that is no number', open: connect, say: () => head({ 'Content-Length': '0x10' }) },
  { name: 'too large a body', open: connect, say: () => head({ 'Content-Length': 7 * 1024 * 1024 + 1 }) },
  { name: 'too long headers', open: connect, say: () => head({ 'X-Padding': 'x'.repeat(20_000) }) },
  { name: 'a gzip bomb', open: connect, say: () => whole(bomb, { 'Content-Encoding': 'gzip' }) },
  { name: 'deep nesting', open: connect, say: () => whole(nested) },
  { name: 'too many parts', open: connect, say: () => whole(intricate) },
  {
    ...{ name: 'many requests in one breath', open: connect, reviews: 20 },
    say: () => Buffer.concat(Array(20).fill(whole(creation()))),
  },
  { name: 'another path', open: connect, say: () => head({ 'Content-Length': 0 }, 'POST /../../etc/passwd HTTP/1.1') },
  { name: 'another method', open: connect, say: () => head({}, 'TRACE /mutate HTTP/1.1') },
  { name: 'a tunnel', open: connect, say: () => head({}, 'CONNECT kubernetes.default:443 HTTP/1.1') },
  { name: 'HTTP/2', open: connect, say: () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
  { name: 'an upgrade', open: connect, say: () => head({ Connection: 'Upgrade', Upgrade: 'websocket' }) },
  { name: 'a client that leaves', open: connect, say: () => whole(creation()), leaves: true, reviews: 1 },
];

/** Opens so many connections for each attack, and keeps them. Resolves when everything has been sent. */
export async function besiege(server: Server, countOf: (attack: Attack) => number): Promise<Siege> {
  const said = new Map<string, string>();
  const sockets: Socket[] = [];
  const timers: NodeJS.Timeout[] = [];

  async function attack(one: Attack, index: number): Promise<void> {
    const socket = await one.open(server).catch(() => undefined);
    if (socket === undefined) return;
    sockets.push(socket);
    socket.on('data', (chunk) => said.set(one.name, (said.get(one.name) ?? '') + chunk));
    const sent = new Promise<void>((resolve) => socket.write(one.say(index), () => resolve()));
    if (one.trickle !== undefined) {
      const timer = setInterval(() => socket.write(one.trickle ?? ''), 200);
      timers.push(timer);
      socket.once('close', () => clearInterval(timer));
    }
    if (one.leaves) await sent.then(() => socket.destroy());
  }

  for (const one of attacks) {
    const count = countOf(one);
    // Handshakes in portions: the port takes them in, but the other end of them works in this process.
    for (let first = 0; first < count; first += 50) {
      const portion = Array.from({ length: Math.min(50, count - first) }, (_, index) => attack(one, first + index));
      await Promise.all(portion);
    }
  }
  return {
    said: () => said,
    end() {
      for (const timer of timers) clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** What was said that nobody who attacks may be told; empty when all is well. */
export function wrongWords(said: ReadonlyMap<string, string>): readonly string[] {
  return [...said].flatMap(([name, text]) => {
    const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => String(status));
    const wrong = statuses.filter((status) => !allowedStatuses.includes(status));
    const refusal = text.includes('"allowed":false') ? ['allowed: false'] : [];
    return [...wrong, ...refusal].map((word) => `${name}: ${word}`);
  });
}

/** Our own answers, and those that Node gives to what is no HTTP request: 408, 417 and 431. */
const allowedStatuses = ['200', '400', '404', '405', '408', '413', '415', '417', '431', '503'];
