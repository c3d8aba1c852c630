import { createNetwork } from './network';
import { logToStdout } from './network-log';
import type { NetworkReply, NetworkRequest } from './network-messages';
import type { NetworkPort } from './network-port';

/** The network process: serves NetworkPort over its IPC channel and ends with it. */

let network: NetworkPort | undefined;

async function call(request: NetworkRequest): Promise<unknown> {
  if (request.method === 'start') {
    network = await createNetwork(request.argument, logToStdout);
    return undefined;
  }
  if (!network) throw new Error(`network method ${request.method} called before start`);
  const method = network[request.method] as (argument: unknown) => Promise<unknown>;
  return method(request.argument);
}

async function reply(request: NetworkRequest): Promise<void> {
  const answer: NetworkReply = await call(request).then(
    (result) => ({ id: request.id, result }),
    (error: Error) => ({ id: request.id, error: error.message }),
  );
  if (process.connected) process.send?.(answer);
}

process.on('message', (request: NetworkRequest) => void reply(request));
process.on('disconnect', () => process.exit(0));
/** An interrupt at the terminal reaches every process of the lab; the parent decides when the network ends. */
process.on('SIGINT', () => undefined);
