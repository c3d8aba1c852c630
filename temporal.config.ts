import { join, resolve } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { z } from 'zod';
import { type ModelConfig, modelFromVariables, modelVariables } from './agents/models/model-environment';
import { ClientProblem } from './clients/client-problem';
import { readLocalState } from './dev/local-state';
import { packageRoot } from './dev/package-root';

/** Variables Meridian reads beside TEMPORAL_* (those are read by @temporalio/envconfig). Values of keys are never shown. */
const environmentSchema = z.object({
  MERIDIAN_HOME: z.string().min(1).optional(),
  MERIDIAN_TASK_QUEUE: z.string().min(1).max(200).default('meridian'),
  MERIDIAN_WEB_UI: z.url().optional(),
  MERIDIAN_LAB_URL: z.url().optional(),
  MERIDIAN_AWS_ACCOUNTS: z.string().transform(parseAccounts).optional(),
  MERIDIAN_AWS_TEMPLATE_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of an S3 bucket')
    .optional(),
  AWS_ENDPOINT_URL: z.url().optional(),
  ...modelVariables,
  MERIDIAN_ON_MODEL_FAILURE: z.enum(['stop', 'rules']).optional(),
  MERIDIAN_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  MERIDIAN_APPROVERS: z.string().min(1).optional(),
  MERIDIAN_SIGNING_KEY: z.string().min(1).optional(),
  MERIDIAN_SLACK_REQUESTS: z.string().min(1).optional(),
  MERIDIAN_SLACK_ALERTS: z
    .string()
    .regex(/^[CG][A-Z0-9]{1,20}$/, 'must be the id of a channel, in capitals, as its details in slack show it')
    .optional(),
  MERIDIAN_SLACK_PORT: z.coerce.number().int().min(1).max(65_535).default(8474),
  MERIDIAN_WEBHOOKS: z.string().min(1).optional(),
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-').optional(),
  SLACK_APP_TOKEN: z.string().startsWith('xapp-').optional(),
  SLACK_SIGNING_SECRET: z.string().min(1).optional(),
  PATH: z.string().default(''),
  XDG_CACHE_HOME: z.string().min(1).optional(),
  XDG_CONFIG_HOME: z.string().min(1).optional(),
  HOME: z.string().min(1).optional(),
});
type Environment = z.infer<typeof environmentSchema>;

/** `undefined` when the worker serves no AWS account. Credentials are found by the AWS SDK, as in every other tool. */
export interface AwsConfig {
  /** by the name that requests use; an account without a role is entered with the worker's own credentials */
  accounts: Record<string, { roleArn?: string; externalId?: string }>;
  /** for templates over 51,200 bytes; undefined: a bucket of Meridian's own per account and region */
  templateBucket: string | undefined;
  /** a test cloud instead of AWS */
  endpoint: string | undefined;
}

export interface SigningConfig {
  /** absolute path: whose signatures count, for the worker (docs/approvals.md) */
  approversFile: string | undefined;
  /** absolute path: the private key with which this client signs; undefined: it does not sign */
  keyFile: string | undefined;
  /** absolute path: where `meridian keys create` puts keys */
  keyFolder: string;
}

/** What `meridian slack` needs; it says what is missing. */
export interface SlackConfig {
  botToken: string | undefined;
  /** with it, socket mode: no public address is needed */
  appToken: string | undefined;
  /** with it and without an app token, signed HTTP */
  signingSecret: string | undefined;
  port: number;
  /** absolute path: the only folder from which requests are deployed by name */
  requestsFolder: string | undefined;
  /** the channel into which alerts are posted; undefined: none are */
  alertsChannel: string | undefined;
}

export interface MeridianConfig {
  temporal: {
    /** for Connection.connect and NativeConnection.connect alike */
    connectionOptions: NativeConnectionOptions & { address: string };
    namespace: string;
    taskQueue: string;
    /** base url of the Web UI, without a slash at the end; undefined when it is not known */
    webUiUrl: string | undefined;
    /** who said where the server is: only `environment` makes a local environment use a server that is already there */
    source: 'environment' | 'local-environment' | 'profile' | 'default';
  };
  /** absolute path: records, artifacts, reports, logs; the folder of the running local environment when there is one */
  home: string;
  /** absolute path: where local environments are announced and keep their own homes */
  stateFolder: string;
  lab: { url: string | undefined };
  aws: AwsConfig | undefined;
  signing: SigningConfig;
  slack: SlackConfig;
  /** absolute path: endpoints and sources of `meridian webhook` */
  webhooksFile: string | undefined;
  model: ModelConfig;
  /** undefined: production stops and asks, other environments fall back to the rules */
  onModelFailure: 'stop' | 'rules' | undefined;
  logLevel: Environment['MERIDIAN_LOG_LEVEL'];
  /** where programs are looked for (PATH), and where downloaded ones are kept: the first folder that can be written to */
  tools: { path: string; folders: string[] };
}

/**
 * The one reader of the environment. Sources, first wins: variables, a local environment that is running under the
 * state folder, the profile in temporal.toml, defaults.
 * Throws a ClientProblem that names the variable, the value received and what would be valid.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): MeridianConfig {
  const variables = parseEnvironment(env);
  const stateFolder = resolve(variables.MERIDIAN_HOME ?? '.meridian');
  const local = env.TEMPORAL_ADDRESS ? undefined : readLocalState(stateFolder);
  return {
    temporal: temporalConfig(env, variables, local),
    home: local?.home ?? stateFolder,
    stateFolder,
    lab: { url: variables.MERIDIAN_LAB_URL ?? local?.labUrl },
    aws: awsConfig(variables),
    signing: signingConfig(variables),
    slack: slackConfig(variables),
    webhooksFile: absolute(variables.MERIDIAN_WEBHOOKS),
    model: modelConfig(variables),
    onModelFailure: variables.MERIDIAN_ON_MODEL_FAILURE,
    logLevel: variables.MERIDIAN_LOG_LEVEL,
    tools: { path: variables.PATH, folders: toolFolders(variables) },
  };
}

function parseEnvironment(env: NodeJS.ProcessEnv): Environment {
  // An empty variable is how shells and CI systems say "not set".
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(set);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const received = /KEY|TOKEN|SECRET/.test(name) ? '(hidden)' : JSON.stringify(set[name]);
    return `${name} is ${received}: ${issue.message.toLowerCase()}`;
  });
  throw notValid(problems);
}

/** Bad input, whatever was asked for: nothing is started with an environment that is not understood. */
function notValid(problems: string[]): ClientProblem {
  return new ClientProblem('bad-input', `the environment is not valid: ${problems.join('; ')}`);
}

function temporalConfig(
  env: NodeJS.ProcessEnv,
  variables: Environment,
  local: ReturnType<typeof readLocalState>,
): MeridianConfig['temporal'] {
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: definedOnly(env) });
  const address = local?.temporalAddress ?? connectionOptions.address ?? 'localhost:7233';
  return {
    connectionOptions: local ? { address } : { ...connectionOptions, address },
    namespace: local ? 'default' : (namespace ?? 'default'),
    taskQueue: variables.MERIDIAN_TASK_QUEUE,
    webUiUrl: (variables.MERIDIAN_WEB_UI ?? local?.uiUrl ?? webUiBeside(address))?.replace(/\/$/, ''),
    source: connectionSource(env, local !== undefined, connectionOptions.address !== undefined),
  };
}

function connectionSource(
  env: NodeJS.ProcessEnv,
  local: boolean,
  profile: boolean,
): MeridianConfig['temporal']['source'] {
  if (env.TEMPORAL_ADDRESS) return 'environment';
  if (local) return 'local-environment';
  return profile ? 'profile' : 'default';
}

/** The dev server puts its Web UI on its own port + 1000; elsewhere nothing is known. */
function webUiBeside(address: string): string | undefined {
  const match = /^(?:localhost|127\.0\.0\.1):(\d+)$/.exec(address);
  return match ? `http://localhost:${Number(match[1]) + 1000}` : undefined;
}

function awsConfig(variables: Environment): AwsConfig | undefined {
  const accounts = variables.MERIDIAN_AWS_ACCOUNTS;
  const { MERIDIAN_AWS_TEMPLATE_BUCKET: templateBucket, AWS_ENDPOINT_URL: endpoint } = variables;
  return accounts && { accounts, templateBucket, endpoint };
}

const ACCOUNT =
  /^([a-z][a-z0-9-]{0,62})(?:=(arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=.@/-]+)(?:#([\w+=.@:/-]{2,1224}))?)?$/;

/** `default,prod=arn:aws:iam::123456789012:role/meridian#external-id`: names, the role to assume, its external id. */
function parseAccounts(text: string, context: z.RefinementCtx): AwsConfig['accounts'] {
  const accounts: AwsConfig['accounts'] = {};
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [, name, roleArn, externalId] = ACCOUNT.exec(entry) ?? [];
    if (name === undefined || name in accounts) {
      const why = name === undefined ? 'is not NAME, NAME=ROLE_ARN or NAME=ROLE_ARN#EXTERNAL_ID' : 'is named twice';
      context.addIssue({
        code: 'custom',
        message: `"${entry}" ${why}, for example "default,prod=arn:aws:iam::123456789012:role/meridian"`,
      });
      return z.NEVER;
    }
    accounts[name] = { ...(roleArn && { roleArn }), ...(externalId && { externalId }) };
  }
  return accounts;
}

function signingConfig({ MERIDIAN_APPROVERS, MERIDIAN_SIGNING_KEY, ...user }: Environment): SigningConfig {
  const configFolder = user.XDG_CONFIG_HOME ?? join(user.HOME ?? '.', '.config');
  return {
    approversFile: absolute(MERIDIAN_APPROVERS),
    keyFile: absolute(MERIDIAN_SIGNING_KEY),
    keyFolder: resolve(configFolder, 'meridian', 'keys'),
  };
}

function slackConfig(variables: Environment): SlackConfig {
  return {
    botToken: variables.SLACK_BOT_TOKEN,
    appToken: variables.SLACK_APP_TOKEN,
    signingSecret: variables.SLACK_SIGNING_SECRET,
    port: variables.MERIDIAN_SLACK_PORT,
    requestsFolder: absolute(variables.MERIDIAN_SLACK_REQUESTS),
    alertsChannel: variables.MERIDIAN_SLACK_ALERTS,
  };
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

function modelConfig(variables: Environment): ModelConfig {
  const config = modelFromVariables(variables);
  if (!('problem' in config)) return config;
  throw notValid([`${config.variable} is "${config.received}": ${config.problem}`]);
}

/** Beside the code, so that removing a checkout removes them; the user’s cache when that folder is not ours to write. */
function toolFolders({ XDG_CACHE_HOME, HOME }: Environment): string[] {
  const cache = XDG_CACHE_HOME ?? (HOME ? join(HOME, '.cache') : undefined);
  return [join(packageRoot, '.meridian', 'tools'), ...(cache ? [resolve(cache, 'meridian', 'tools')] : [])];
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}
