import { createServer, type IncomingMessage, type Server } from 'node:http';
import { ZodError } from 'zod';
import { LabError } from '../lab-error';
import { operationInputs } from './daemon-protocol';
import { type Operations, operationOf } from './operations';

/** Templates are the largest input; CloudFormation takes up to 1 MB. */
const BODY_MAX_BYTES = 4 * 1024 * 1024;

/** The daemon's API on loopback: `POST /<operation>` with JSON. `GET /` is the status page. Resolves once it listens. */
export function startHttpServer(operations: Operations, port: number, log: (message: string) => void): Promise<Server> {
  const server = createServer((request, response) => {
    handle(operations, request).then(
      (body) => send(200, body),
      (error: unknown) => {
        const failure = asLabError(error);
        if (!(error instanceof LabError || error instanceof ZodError)) log(`${request.url}: ${String(error)}`);
        send(400, { type: failure.type, message: failure.message, details: failure.details });
      },
    );
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
  });
  // an apply may take longer than the five minutes after which Node drops a request
  server.requestTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function handle(operations: Operations, request: IncomingMessage): Promise<unknown> {
  if (request.method === 'GET') return operations.status({});
  const name = operationOf(operations, (request.url ?? '/').slice(1));
  const input = operationInputs[name].parse(JSON.parse(await bodyOf(request)));
  // the schema of that very name has just parsed it
  return (operations[name] as (input: unknown) => unknown)(input);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) throw new LabError('Platform.Refused', `body: larger than ${BODY_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function asLabError(error: unknown): LabError {
  if (error instanceof LabError) return error;
  if (error instanceof ZodError) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
    return new LabError('Platform.Refused', problems.join('; '));
  }
  if (error instanceof SyntaxError) return new LabError('Platform.Refused', `body: not JSON: ${error.message}`);
  return new LabError('Platform.Unavailable', error instanceof Error ? error.message : String(error), {
    retryable: false,
  });
}
