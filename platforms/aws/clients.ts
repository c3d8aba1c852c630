import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { PlatformError } from '../platform-error';

/** How an account is entered: by assuming a role, or with the credentials that the worker itself has (no role). */
export interface AwsAccount {
  roleArn?: string;
  externalId?: string;
}

export interface AwsClientOptions {
  /** by the name that requests use in `account` */
  accounts: Record<string, AwsAccount>;
  /** every service at one address; without it AWS_ENDPOINT_URL and the profile decide, as everywhere in the SDK */
  endpoint?: string | undefined;
}

/** Where a call goes. */
export interface AwsPlace {
  account: string;
  region: string;
}

/** SDK clients of all accounts and regions, made when first asked for and kept. */
export interface AwsClients {
  readonly accounts: readonly string[];
  /** Who the worker is in an account, in words: for messages about permissions and credentials. */
  identity(account: string): string;
  cloudFormation(place: AwsPlace): CloudFormationClient;
  cloudWatch(place: AwsPlace): CloudWatchClient;
  dynamoDb(place: AwsPlace): DynamoDBClient;
  ecs(place: AwsPlace): ECSClient;
  elb(place: AwsPlace): ElasticLoadBalancingV2Client;
  rds(place: AwsPlace): RDSClient;
  s3(place: AwsPlace): S3Client;
  /** Route 53 is one for the whole account. */
  route53(account: string): Route53Client;
  /** Holds the credentials of the account for all other clients of it. */
  sts(account: string): STSClient;
  /** Closes all connections. */
  destroy(): void;
}

/** Where the services live that an account has only one of. */
export const GLOBAL_REGION = 'us-east-1';

/** Adaptive retries slow down all calls of a client once one was throttled: hence one client for all who call. */
const RETRIES = { retryMode: 'adaptive', maxAttempts: 7 } as const;

/** At most this many calls to a service at once in one account and region: its rate limits are counted there. */
const CALLS_AT_ONCE = 8;
const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;

type ClientConfig = ReturnType<typeof sharedConfig>;

/**
 * Makes the clients of all configured accounts. Asking for an account that is not configured throws
 * `Platform.Refused`; credentials are looked for with the first call only.
 */
export function createAwsClients(options: AwsClientOptions): AwsClients {
  const made = new Map<string, { destroy(): void }>();
  const once = <C extends { destroy(): void }>(key: string, make: () => C): C => {
    const known = made.get(key) as C | undefined;
    const client = known ?? make();
    if (!known) made.set(key, client);
    return client;
  };
  const sts = (account: string) => once(`sts ${account}`, () => entryTo(account, options));
  const regional =
    <C extends { destroy(): void }>(service: string, Client: new (config: ClientConfig) => C, more: object = {}) =>
    ({ account, region }: AwsPlace): C =>
      once(
        `${service} ${account} ${region}`,
        () => new Client({ ...sharedConfig(options), ...more, region, credentials: sts(account).config.credentials }),
      );
  const route53 = regional('route53', Route53Client);
  return {
    accounts: Object.keys(options.accounts),
    identity: (account) => {
      const role = options.accounts[account]?.roleArn;
      return role ? `role ${role}` : "the worker's own credentials (AWS_PROFILE, AWS_ACCESS_KEY_ID, instance role)";
    },
    cloudFormation: regional('cloudformation', CloudFormationClient),
    cloudWatch: regional('cloudwatch', CloudWatchClient),
    dynamoDb: regional('dynamodb', DynamoDBClient),
    ecs: regional('ecs', ECSClient),
    elb: regional('elb', ElasticLoadBalancingV2Client),
    rds: regional('rds', RDSClient),
    // a bucket of the account may be in any region
    s3: regional('s3', S3Client, { followRegionRedirects: true }),
    route53: (account) => route53({ account, region: GLOBAL_REGION }),
    sts,
    destroy: () => {
      for (const client of made.values()) client.destroy();
      made.clear();
    },
  };
}

/** The client whose credentials (one provider, which refreshes them in time) all clients of the account share. */
function entryTo(account: string, options: AwsClientOptions): STSClient {
  const entry = options.accounts[account];
  if (!entry) {
    const known = Object.keys(options.accounts).join(', ') || 'none';
    throw new PlatformError('Platform.Refused', `account "${account}" is not configured on this worker: ${known} are`);
  }
  const config = { ...sharedConfig(options), region: GLOBAL_REGION };
  if (!entry.roleArn) return new STSClient(config);
  const credentials = fromTemporaryCredentials({
    params: {
      RoleArn: entry.roleArn,
      RoleSessionName: 'meridian',
      ...(entry.externalId && { ExternalId: entry.externalId }),
    },
    clientConfig: config,
  });
  return new STSClient({ ...config, credentials });
}

function sharedConfig({ endpoint }: AwsClientOptions) {
  const agent = { maxSockets: CALLS_AT_ONCE, keepAlive: true };
  return {
    ...RETRIES,
    ...(endpoint && { endpoint }),
    region: GLOBAL_REGION,
    credentials: undefined as STSClient['config']['credentials'] | undefined,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // without it a request that is too slow is only remarked upon, and waited for as long as it takes
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}
