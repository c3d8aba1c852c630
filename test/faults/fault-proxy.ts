import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { FaultKind } from './fault-kinds';

/** One request to an AWS service that speaks the query protocol, as it came by. */
export interface ProxyCall {
  action: string;
  region: string;
  /** how many requests with this action for this region came before, and this one */
  nth: number;
  /** the SDK's own count of its attempts; over 1 it is a retry by the SDK */
  attempt: number;
  changeSet?: string;
  /** what the service answered; absent when the request did not get there */
  status?: number;
}

export interface PlannedFault {
  action: string;
  region: string;
  nth: number;
  fault: FaultKind;
  /** the process that called is gone: called after the act, nothing is answered any more */
  killed: () => void;
}

/** Stands between an SDK and a cloud: forwards, notes, and lets one request suffer a fault. */
export interface FaultProxy {
  url: string;
  calls: ProxyCall[];
  /** whether the planned fault has happened */
  fired(): boolean;
  stop(): Promise<void>;
}

/** A proxy to the service at `target`, for one caller. Bodies are small, so they are buffered. */
export async function startFaultProxy(target: string, planned?: PlannedFault): Promise<FaultProxy> {
  const calls: ProxyCall[] = [];
  let fired = false;
  let silent = false;
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    // a dead caller sends nothing
    if (silent) return;
    const call = describe(incoming, body, calls);
    calls.push(call);
    const forward = async () => {
      const answer = await send(target, incoming, body);
      call.status = answer.status;
      return answer;
    };
    const hit = planned !== undefined && isPlanned(planned, call);
    if (!hit) return reply(response, await forward());
    fired = true;
    switch (planned.fault) {
      case 'throttled':
        return reply(response, failure(400, 'Throttling', 'Rate exceeded'));
      case '500':
        return reply(response, failure(500, 'InternalFailure', 'An internal error has occurred'));
      case 'refused':
        return reply(response, failure(403, 'AccessDenied', `not authorized to perform cloudformation:${call.action}`));
      case 'cut-before':
        response.socket?.destroy();
        return;
      case 'cut-after':
        await forward();
        response.socket?.destroy();
        return;
      case 'killed':
        await forward();
        silent = true;
        planned.killed();
        return;
    }
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.socket?.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    fired: () => fired,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A throttled caller is turned away twice: its first retry must not be the end of it. */
const THROTTLED_TIMES = 2;

function isPlanned({ action, region, nth, fault }: PlannedFault, call: ProxyCall): boolean {
  const last = nth + (fault === 'throttled' ? THROTTLED_TIMES : 1);
  return call.action === action && call.region === region && call.nth >= nth && call.nth < last;
}

function describe({ headers }: IncomingMessage, body: Buffer, before: ProxyCall[]): ProxyCall {
  const form = new URLSearchParams(body.toString('utf8'));
  const action = form.get('Action') ?? headers['x-amz-target']?.toString().split('.').at(-1) ?? '?';
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '?';
  const attempt = Number(/attempt=(\d+)/.exec(headers['amz-sdk-request']?.toString() ?? '')?.[1] ?? 1);
  const nth = before.filter((call) => call.action === action && call.region === region).length + 1;
  const changeSet = form.get('ChangeSetName');
  return { action, region, nth, attempt, ...(changeSet && { changeSet }) };
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

async function send(target: string, { url = '/', method, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  const request = httpRequest(new URL(url, target), { method, headers: { ...headers, 'content-length': body.length } });
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
}

/** How the query protocol says no. */
function failure(status: number, code: string, message: string): Answer {
  const type = status < 500 ? 'Sender' : 'Receiver';
  const body = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>faulty</RequestId></ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
}

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  const { 'transfer-encoding': _chunked, connection: _connection, ...rest } = headers;
  response.writeHead(status, { ...rest, 'content-length': body.length }).end(body);
}
