import type { ServerResponse } from 'node:http';

/** Ends a response with a JSON body; does nothing when an answer is already on its way. */
export function answerJson(answer: ServerResponse, status: number, body: Record<string, unknown>): void {
  if (answer.headersSent || answer.destroyed) {
    answer.destroy();
    return;
  }
  const text = JSON.stringify(body);
  answer.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  answer.end(text);
}
