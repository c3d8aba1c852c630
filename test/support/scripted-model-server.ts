import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with one request. Token counts that are left out are taken from the texts' lengths. */
export type ScriptedReply =
  /** an object is answered as JSON text, a string as it is */
  | { kind: 'answer'; answer: object | string; inputTokens?: number; outputTokens?: number; stopReason?: string }
  /** the beginning of an answer, cut at `max_tokens`, all of which are billed */
  | { kind: 'truncated'; text: string; inputTokens?: number }
  | { kind: 'refusal' }
  /** an API error, for example 429 with `retryAfter` in seconds, 529, 500, 401; with a `name`, as AWS says it */
  | { kind: 'status'; status: number; retryAfter?: string; message?: string; name?: string; delayMs?: number }
  /** 200, and then an error where the message should be */
  | { kind: 'overloaded-late' }
  /** takes the request and never answers */
  | { kind: 'hang' }
  /** 200 and its headers, then the body never comes */
  | { kind: 'headers-then-hang' }
  /** takes the request and drops the connection */
  | { kind: 'reset' }
  /** 200 with a body that is not JSON */
  | { kind: 'garbage' }
  /** any status and body, as they are */
  | { kind: 'raw'; status: number; body: string; headers?: Record<string, string> };

/** A reply, or one that depends on what is asked. */
export type ScriptStep = ScriptedReply | ((request: RecordedRequest) => ScriptedReply);

export interface RecordedRequest {
  headers: IncomingMessage['headers'];
  body: MessagesBody;
}

export interface MessagesBody {
  model: string;
  max_tokens?: number;
  system?: string;
  messages: Array<{ role: string; content: string }>;
  thinking?: { type: string };
  output_config?: { effort?: string; format?: { type: string; schema: object } };
  [other: string]: unknown;
}

export interface ScriptedModelServer {
  url: string;
  /** every request to `/v1/messages`, in order */
  requests: RecordedRequest[];
  /** every request to `/v1/messages/count_tokens`, in order */
  counts: RecordedRequest[];
  /** Closes everything. Rejects when the script ran out: a test that asks more often than it says is wrong. */
  stop(): Promise<void>;
}

export interface ScriptOptions {
  /** what `count_tokens` answers; `unavailable` makes it a 404, as on a provider without it, `hang` nothing at all, or only its headers */
  count?: 'unavailable' | 'hang' | 'headers-then-hang' | ((request: RecordedRequest) => number);
}

/** A local server that speaks the wire format of the Messages API and plays a script, one step per message. */
export async function startScriptedModelServer(
  script: readonly ScriptStep[],
  { count = ({ body }) => textTokens(body) }: ScriptOptions = {},
): Promise<ScriptedModelServer> {
  const requests: RecordedRequest[] = [];
  const counts: RecordedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = { headers: incoming.headers, body: JSON.parse(await bodyOf(incoming)) as MessagesBody };
    if (!/^Bearer .+/.test(incoming.headers.authorization ?? '')) return sendError(response, 401, 'no bearer token');
    if (incoming.url === '/v1/messages/count_tokens') {
      counts.push(request);
      if (count === 'hang') return;
      if (count === 'headers-then-hang') return sendHeadersOnly(response);
      if (count === 'unavailable') return sendError(response, 404, 'not found');
      return sendJson(response, 200, { input_tokens: count(request) });
    }
    if (incoming.url !== '/v1/messages') return sendError(response, 404, `no ${incoming.url}`);
    requests.push(request);
    const step = script[requests.length - 1];
    if (!step) return sendError(response, 500, 'the script ran out');
    return play(typeof step === 'function' ? step(request) : step, request.body, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    counts,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (requests.length > script.length) {
        throw new Error(`the script has ${script.length} replies, the server was asked ${requests.length} times`);
      }
    },
  };
}

/** Answers one message request as the script says. */
export function play(reply: ScriptedReply, body: MessagesBody, response: ServerResponse): void {
  const maxTokens = body.max_tokens ?? 0;
  switch (reply.kind) {
    case 'answer': {
      const text = typeof reply.answer === 'string' ? reply.answer : JSON.stringify(reply.answer);
      const outputTokens = reply.outputTokens ?? Math.min(maxTokens, Math.ceil(text.length / 2.5));
      const stopReason = reply.stopReason ?? 'end_turn';
      sendMessage(response, body, { text, stopReason, outputTokens, inputTokens: reply.inputTokens });
      break;
    }
    case 'truncated': {
      const { text, inputTokens } = reply;
      sendMessage(response, body, { text, stopReason: 'max_tokens', outputTokens: maxTokens, inputTokens });
      break;
    }
    case 'refusal':
      sendMessage(response, body, { text: '', stopReason: 'refusal', outputTokens: 5 });
      break;
    case 'status':
      setTimeout(() => sendStatus(response, reply), reply.delayMs ?? 0);
      break;
    case 'overloaded-late':
      sendJson(response, 200, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
      break;
    case 'hang':
      break;
    case 'headers-then-hang':
      sendHeadersOnly(response);
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "msg_1", "content": [');
      break;
    case 'raw':
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(reply.body);
      break;
  }
}

export function sendHeadersOnly(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 }).flushHeaders();
}

function sendStatus(response: ServerResponse, reply: Extract<ScriptedReply, { kind: 'status' }>): void {
  if (reply.name) sendAwsError(response, { ...reply, name: reply.name });
  else sendError(response, reply.status, reply.message ?? 'scripted', reply.retryAfter);
}

interface Said {
  text: string;
  stopReason: string;
  outputTokens: number;
  inputTokens?: number;
}

function sendMessage(response: ServerResponse, body: MessagesBody, said: Said): void {
  sendJson(response, 200, {
    id: 'msg_scripted',
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: said.text === '' ? [] : [{ type: 'text', text: said.text, citations: null }],
    stop_reason: said.stopReason,
    stop_sequence: null,
    usage: {
      input_tokens: said.inputTokens ?? textTokens(body),
      output_tokens: said.outputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    },
  });
}

const ERROR_TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

function sendError(response: ServerResponse, status: number, message: string, retryAfter?: string): void {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  sendJson(response, status, { type: 'error', error: { type: ERROR_TYPES[status] ?? 'api_error', message } }, headers);
}

/** The wire form of an exception of an AWS service with a JSON protocol. */
function sendAwsError(
  response: ServerResponse,
  { status, name, message, retryAfter }: { status: number; name: string; message?: string; retryAfter?: string },
): void {
  const delay: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  const headers = { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`, ...delay };
  sendJson(response, status, { message: message ?? 'scripted' }, headers);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** About what a tokenizer of this decade says about prompts like ours: 3.1 characters a token. */
export function textTokens({ system = '', messages, output_config }: MessagesBody): number {
  const schema = output_config?.format ? JSON.stringify(output_config.format.schema) : '';
  const text = system + messages.map(({ content }) => content).join('') + schema;
  return Math.ceil(text.length / 3.1);
}

export async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
