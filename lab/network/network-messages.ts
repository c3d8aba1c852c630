import type { NetworkConfig } from './network';
import type { NetworkPort } from './network-port';

/** Method names of the port, in the one place that both ends of the channel read. */
export const NETWORK_METHODS = [
  'setLink',
  'removeLink',
  'setFault',
  'clearFault',
  'setHostname',
  'removeHostname',
  'resolve',
  'health',
  'alarms',
  'endFailover',
  'controlPort',
  'edgePort',
] as const satisfies ReadonlyArray<keyof NetworkPort>;
export type NetworkMethod = (typeof NETWORK_METHODS)[number];

/** From the parent: first `start`, which carries the key and so must not be an argument that `ps` shows; then calls. */
export type NetworkRequest =
  | { id: number; method: 'start'; argument: NetworkConfig }
  | { id: number; method: NetworkMethod; argument: unknown };

export type NetworkReply = { id: number; result: unknown } | { id: number; error: string };
