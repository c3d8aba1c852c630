import type { DeploymentRequest } from '../../contracts/request';
import { parseRequest } from '../../policies/parse-request';

/** A request that nothing is wrong with, as a client would write it. */
export function writtenRequest(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    application: 'orders',
    environment: 'staging',
    platform: 'lab',
    hostname: 'orders.example.com',
    users: [
      { area: 'north-america', share: 60 },
      { area: 'europe', share: 40 },
    ],
    latency: { underMs: 250 },
    budget: { usdPerMonth: 1_000 },
    recovery: { rtoSeconds: 60, rpoSeconds: 30 },
    services: [{ name: 'api', image: 'meridian/sample-orders:1.0', uses: ['orders'] }],
    dataStores: [{ name: 'orders', engine: 'postgresql' }],
    ...changes,
  };
}

/** The same, parsed; fails the test when its shape is wrong. */
export function sampleRequest(changes: Record<string, unknown> = {}): DeploymentRequest {
  const parsed = parseRequest(writtenRequest(changes));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
}
