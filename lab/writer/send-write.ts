import { Agent, request } from 'node:https';
import { writePath } from '../../contracts/probe-contract';
import type { WriteLogEntry } from '../../contracts/validation';
import { writeOutcome } from './write-outcome';
import type { WriterSettings } from './writer-settings';

const TIMEOUT_MS = 2_000;

export interface Attempt {
  entry: WriteLogEntry;
  /** nothing listens on the edge’s port any more: the lab is gone */
  edgeGone: boolean;
}

/** Sends numbered writes through the edge, each once. The returned function never rejects: every end is an outcome. */
export function createSender({ id, hostname, edge }: WriterSettings): (seq: number) => Promise<Attempt> {
  const agent = new Agent({
    keepAlive: true,
    ca: edge.caCertificate,
    // hostnames exist only at the edge; what counts is that the lab’s authority signed
    checkServerIdentity: () => undefined,
  });
  return (seq) =>
    new Promise((resolve) => {
      const sentAtMs = Date.now();
      const end = (outcome: WriteLogEntry['outcome'], edgeGone = false) =>
        resolve({ entry: { seq, sentAtMs, endedAtMs: Date.now(), outcome }, edgeGone });
      const write = request(
        {
          method: 'PUT',
          host: '127.0.0.1',
          port: edge.port,
          path: writePath(encodeURIComponent(id), seq),
          headers: { host: hostname, 'content-length': 0 },
          servername: hostname,
          agent,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        },
        (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (text: string) => {
            body += text;
          });
          response.on('end', () => end(writeOutcome(response.statusCode ?? 0, body)));
          response.on('error', () => end('unknown'));
        },
      );
      write.on('error', (error: NodeJS.ErrnoException) => end('unknown', error.code === 'ECONNREFUSED'));
      write.end();
    });
}
