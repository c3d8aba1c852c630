import { randomBytes } from 'node:crypto';
import type { Deployment, Store } from './lab-state';

/** The store of that name, announced on first use: its secrets exist before its first database does. */
export function announceStore(deployment: Deployment, name: string): Store {
  const known = deployment.stores.get(name);
  if (known) return known;
  const secret = () => randomBytes(18).toString('base64url');
  const secrets = {
    administratorPassword: secret(),
    applicationPassword: secret(),
  };
  const store: Store = { name, epoch: 0, chain: [], automation: 'off', secrets };
  deployment.stores.set(name, store);
  return store;
}
