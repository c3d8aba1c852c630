import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deliver } from '../../../clients/webhook/deliver';
import { webhookProblem } from '../../../clients/webhook/standard-webhook';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const event = {
  id: 'msg_1',
  type: 'deployment.ended' as const,
  timestamp: '2026-11-21T10:00:00Z',
  data: { verdict: 'promoted' },
};

let server: Server;
let url: string;
let answers: number[];
const received: Array<{ id: string; body: string; problem: string | undefined }> = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const header = (name: string) => request.headers[name] as string;
    const sent = {
      id: header('webhook-id'),
      timestamp: header('webhook-timestamp'),
      signature: header('webhook-signature'),
    };
    received.push({ id: sent.id, body, problem: webhookProblem(secret, sent, body, Date.now()) });
    const status = answers.shift() ?? 204;
    response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterAll(() => server.close());
beforeEach(() => received.splice(0));

const send = (statuses: number[], to = url, signal = new AbortController().signal) => {
  answers = statuses;
  return deliver({ url: to, secret }, event, { signal, retryAfterMs: [10, 10, 10] });
};

test('an event arrives signed, its id beside the body and not in it', async () => {
  expect(await send([])).toBeUndefined();
  expect(received).toEqual([{ id: 'msg_1', body: JSON.stringify({ ...event, id: undefined }), problem: undefined }]);
});

test('what was not taken is sent again under the same id', async () => {
  expect(await send([500, 429])).toBeUndefined();
  expect(received.map(({ id }) => id)).toEqual(['msg_1', 'msg_1', 'msg_1']);
  expect(received.every(({ problem }) => problem === undefined)).toBe(true);
});

test('it gives up in the end, at once where the endpoint is gone, and follows no redirect', async () => {
  expect(await send([500, 500, 500, 503])).toBe('answered 503');
  expect(received).toHaveLength(4);
  expect(await send([410])).toBe('answered 410');
  expect(received).toHaveLength(5);
  expect(await send([302, 302, 302, 302])).toBe('answered 302');
  expect(await send([], 'http://127.0.0.1:1/')).toMatch(/ECONNREFUSED|bad port/);
});

test('a gateway that stops does not wait for the next attempt', async () => {
  const stop = new AbortController();
  answers = [500];
  const sending = deliver({ url, secret }, event, { signal: stop.signal, retryAfterMs: [3_600_000] });
  setTimeout(() => stop.abort(), 100);
  expect(await sending).toMatch(/stopped; answered 500/);
});
