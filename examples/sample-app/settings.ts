import { storeVariables } from '../../contracts/probe-contract';

/** What the image tag makes of the application; the last three are sick on purpose, for trying Meridian out. */
const VARIANTS = ['normal', 'never-healthy', 'sick-after-8s', 'acks-before-commit'] as const;
export type Variant = (typeof VARIANTS)[number];

export interface DatabaseEndpoint {
  host: string;
  port: number;
  database: string | undefined;
  user: string | undefined;
  password: string | undefined;
}

export interface Settings {
  port: number;
  /** address to listen on; in a container it would be 0.0.0.0 */
  host: string;
  region: string;
  version: string;
  variant: Variant;
  /** follows the primary; absent while the deployment has no data store */
  writer: DatabaseEndpoint | undefined;
  /** the database of this region */
  reader: DatabaseEndpoint | undefined;
}

/** Reads all of the application’s configuration. Throws when PORT is missing; everything else has a meaning when absent. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const names = storeVariables('orders');
  const port = Number(environment.PORT);
  if (!Number.isInteger(port) || port < 1) throw new Error(`PORT: "${environment.PORT}" is not a port number`);
  const tag = environment.SAMPLE_VARIANT ?? '1.0';
  return {
    port,
    host: environment.HOST ?? '127.0.0.1',
    region: environment.MERIDIAN_REGION ?? 'unknown',
    version: tag,
    variant: VARIANTS.find((variant) => variant === tag) ?? 'normal',
    writer: endpoint(environment, names.host, names.port),
    reader: endpoint(environment, names.readHost, names.readPort),
  };
}

function endpoint(environment: NodeJS.ProcessEnv, host: string, port: string): DatabaseEndpoint | undefined {
  const names = storeVariables('orders');
  const address = environment[host];
  if (address === undefined) return undefined;
  return {
    host: address,
    port: Number(environment[port] ?? 5432),
    database: environment[names.database],
    user: environment[names.user],
    password: environment[names.password],
  };
}
