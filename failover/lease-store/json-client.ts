import http from 'node:http';
import https from 'node:https';
import { performance } from 'node:perf_hooks';
import { LeaseStoreUnavailable } from './lease-store';

/** Certificates in PEM: who is trusted (`ca`), and who one is (`cert`, `key`). */
export interface Tls {
  ca?: string;
  cert?: string;
  key?: string;
}

/** Posts JSON over connections that are kept: links between regions have round-trip times that count. */
export interface JsonClient {
  /**
   * The status and body of the answer. `deadline` is a reading of `performance.now()`, in ms.
   * @throws LeaseStoreUnavailable when no answer came by then: nobody knows whether it was received
   */
  post(url: string, body: unknown, deadline: number, headers?: Record<string, string>): Promise<JsonAnswer>;
  close(): void;
}

export interface JsonAnswer {
  status: number;
  body: unknown;
}

export function createJsonClient(tls: Tls = {}): JsonClient {
  const plain = new http.Agent({ keepAlive: true });
  const secure = new https.Agent({ keepAlive: true, ...tls });
  return {
    post: (url, body, deadline, headers = {}) =>
      new Promise((resolve, reject) => {
        const fail = (reason: string) => reject(new LeaseStoreUnavailable(`${new URL(url).host} ${reason}`));
        const remainingMs = deadline - performance.now();
        if (remainingMs <= 0) return fail('was not asked: time was up');
        const isSecure = url.startsWith('https:');
        const content = JSON.stringify(body);
        const request = (isSecure ? https : http).request(
          url,
          {
            method: 'POST',
            agent: isSecure ? secure : plain,
            headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content), ...headers },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', (error) => fail(`broke off: ${error.message}`));
            response.on('end', () => {
              const text = Buffer.concat(chunks).toString();
              const answer = parsed(text);
              if (answer === undefined) return fail(`answered what is no JSON: ${text.slice(0, 200)}`);
              resolve({ status: response.statusCode ?? 0, body: answer });
            });
          },
        );
        // A link that was cut without a word: its connection is not used again.
        const timer = setTimeout(() => request.destroy(new Error('did not answer in time')), remainingMs);
        request.on('close', () => clearTimeout(timer));
        request.on('error', (error) => fail(error.message));
        request.end(content);
      }),
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
