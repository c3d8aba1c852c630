import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that the SDK sent. */
export interface RecordedRequest {
  /** as in the signature: `rds`, `ecs`, … */
  service: string;
  region: string;
  /** the name of the operation; for REST services method and path */
  action: string;
  /** parameters of a query service or the fields of a JSON one */
  parameters: Record<string, unknown>;
}

/** What AWS documents as the answer, an `ErrorResponse` with status 400; undefined lets the cloud behind answer. */
export type Answer = (request: RecordedRequest) => string | undefined;

export interface RecordingEndpoint {
  endpoint: string;
  requests: RecordedRequest[];
  stop(): Promise<void>;
}

/**
 * An endpoint for the SDK that writes down what it is asked, answers what it has an answer for, and hands the rest to a
 * test cloud. Without one behind it, what it has no answer for is an error of the test.
 */
export async function startRecordingEndpoint(answer: Answer, behind?: string): Promise<RecordingEndpoint> {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const body = await readBody(incoming);
    const request = understand(incoming, body);
    requests.push(request);
    const own = answer(request);
    if (own !== undefined) {
      if (own.startsWith('<ErrorResponse>')) outgoing.statusCode = 400;
      outgoing.setHeader('content-type', own.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.1');
      return outgoing.end(own);
    }
    if (!behind) {
      outgoing.statusCode = 400;
      return outgoing.end(
        `<ErrorResponse><Error><Code>NoAnswer</Code><Message>${request.action}</Message></Error></ErrorResponse>`,
      );
    }
    const headers = { ...(incoming.headers as Record<string, string>) };
    for (const name of ['connection', 'content-length', 'transfer-encoding', 'expect', 'keep-alive'])
      delete headers[name];
    const method = incoming.method ?? 'GET';
    const forwarded = await fetch(`${behind}${incoming.url}`, {
      method,
      headers,
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    outgoing.statusCode = forwarded.status;
    for (const name of ['content-type', 'x-amzn-requestid', 'smithy-protocol', 'x-amzn-errortype']) {
      const value = forwarded.headers.get(name);
      if (value) outgoing.setHeader(name, value);
    }
    outgoing.end(Buffer.from(await forwarded.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function understand({ headers, method, url = '' }: IncomingMessage, body: Buffer): RecordedRequest {
  const [, region = '', service = ''] =
    /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  if (target) return { service, region, action: target, parameters: JSON.parse(body.toString() || '{}') };
  const text = String(headers['content-type'] ?? '').includes('urlencoded') ? body.toString() : '';
  const parameters = Object.fromEntries(new URLSearchParams(text));
  const operation = /\/operation\/(\w+)/.exec(url)?.[1];
  const action = parameters.Action ?? operation ?? `${method} ${url.split('?')[0]}`;
  return { service, region, action, parameters: text ? parameters : { body: body.toString() } };
}
