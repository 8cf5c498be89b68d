import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request as send } from 'node:https';

export interface RequestOptions {
  readonly token?: string;
  readonly contentType?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The texts of the `Warning` headers, in order. */
  readonly warnings: readonly string[];
  /** The id under which the request stands in the audit log. */
  readonly auditId: string;
  readonly body: ApiObject;
  /** The body as it was sent, in which large numbers still have all their digits. */
  readonly text: string;
}

/** What the API server answers: an object, or a Status that explains why not. */
export interface ApiObject {
  readonly [key: string]: unknown;
  readonly kind?: string;
  readonly message?: string;
}

export interface ApiClient {
  /** A body is an object, or JSON that is sent as it is. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<ApiAnswer>;
  close(): void;
}

/** A client of one API server, which is trusted by its own certificate, speaking for `token` unless told otherwise. */
export function createApiClient(url: string, ca: string, token: string): ApiClient {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 50 });
  return {
    request: (method, path, body, options = {}) =>
      new Promise((resolve, reject) => {
        const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
        const headers: Record<string, string> = { authorization: `Bearer ${options.token ?? token}` };
        if (text !== undefined) {
          headers['content-type'] = options.contentType ?? 'application/json';
          headers['content-length'] = String(Buffer.byteLength(text));
        }
        // Pod Security's warnings about a large pod do not fit into Node's 16 KiB of headers.
        const call = send(new URL(path, url), { agent, method, headers, maxHeaderSize: 1 << 20 }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
          response.once('end', () => {
            const received = Buffer.concat(chunks).toString();
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              warnings: (response.headersDistinct.warning ?? []).map(warningText),
              auditId: String(response.headers['audit-id'] ?? ''),
              body: toObject(received),
              text: received,
            });
          });
        });
        // Without it, Nagle's algorithm and delayed acknowledgements make every second request wait for 40 ms.
        call.setNoDelay(true);
        call.once('error', reject).end(text);
      }),
    close: () => agent.destroy(),
  };
}

/** The text of a header such as `299 - "unknown field"`, which Node reads as if each byte were a character. */
export function warningText(header: string): string {
  const quoted = /^\d{3} \S+ "((?:[^"\\]|\\.)*)"/.exec(header)?.[1] ?? header;
  return Buffer.from(quoted.replace(/\\(.)/g, '$1'), 'latin1').toString();
}

/** Plain text, such as that of /readyz, becomes the message. */
function toObject(text: string): ApiObject {
  try {
    return JSON.parse(text) as ApiObject;
  } catch {
    return { message: text };
  }
}
