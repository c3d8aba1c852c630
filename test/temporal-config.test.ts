import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLocalState } from '../dev/local-state';
import { loadConfig } from '../temporal.config';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'meridian-config-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function running(pid = process.pid): void {
  writeLocalState(home, {
    pid,
    home: join(home, 'runs/1'),
    temporalAddress: '127.0.0.1:4000',
    uiUrl: 'http://127.0.0.1:5000',
    labUrl: 'http://127.0.0.1:6000',
    workerPid: 1,
  });
}

test('without anything set, a server beside us and no model', () => {
  const config = loadConfig({ MERIDIAN_HOME: home });
  expect(config.temporal).toMatchObject({ namespace: 'default', taskQueue: 'meridian', source: 'default' });
  expect(config.temporal.connectionOptions.address).toBe('localhost:7233');
  expect(config.temporal.webUiUrl).toBe('http://localhost:8233');
  expect(config.model).toEqual({ provider: 'rules' });
  expect(config.home).toBe(home);
});

test('a running local environment is found', () => {
  running();
  const config = loadConfig({ MERIDIAN_HOME: home });
  expect(config.temporal).toMatchObject({
    source: 'local-environment',
    connectionOptions: { address: '127.0.0.1:4000' },
    webUiUrl: 'http://127.0.0.1:5000',
  });
  expect(config).toMatchObject({
    lab: { url: 'http://127.0.0.1:6000' },
    home: join(home, 'runs/1'),
    stateFolder: home,
  });
});

test('a variable goes before a running local environment', () => {
  running();
  const config = loadConfig({
    MERIDIAN_HOME: home,
    TEMPORAL_ADDRESS: 'temporal.example.com:7233',
    TEMPORAL_NAMESPACE: 'ops',
  });
  expect(config.temporal).toMatchObject({ source: 'environment', namespace: 'ops', webUiUrl: undefined });
  expect(config.temporal.connectionOptions.address).toBe('temporal.example.com:7233');
  expect(config.lab.url).toBeUndefined();
});

test('a local environment that died is not found', () => {
  running(2 ** 22 - 1);
  expect(loadConfig({ MERIDIAN_HOME: home }).temporal.source).toBe('default');
});

test('a key brings the model, and MERIDIAN_MODEL=rules takes it away again', () => {
  const env = { MERIDIAN_HOME: home, ANTHROPIC_API_KEY: 'key', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9999' };
  expect(loadConfig(env).model).toMatchObject({
    provider: 'anthropic',
    apiKey: 'key',
    baseUrl: 'http://127.0.0.1:9999',
  });
  expect(loadConfig({ ...env, MERIDIAN_MODEL: 'rules' }).model).toEqual({ provider: 'rules' });
  expect(loadConfig({ ...env, ANTHROPIC_API_KEY: '' }).model).toEqual({ provider: 'rules' });
});

describe('which model decides', () => {
  const key = { ANTHROPIC_API_KEY: 'key' };
  const bedrock = { MERIDIAN_MODEL_PROVIDER: 'bedrock', MERIDIAN_BEDROCK_REGIONS: 'eu-central-1, us-east-1' };
  const model = (env: NodeJS.ProcessEnv) => loadConfig({ MERIDIAN_HOME: home, ...env }).model;

  test('is said by the provider that is named, whatever keys are there', () => {
    expect(model({ ...key, ...bedrock, AWS_BEARER_TOKEN_BEDROCK: 'token' })).toEqual({
      provider: 'bedrock',
      model: 'claude-sonnet-4-6',
      regions: ['eu-central-1', 'us-east-1'],
      routing: 'geography',
      endpoint: undefined,
      bearerToken: 'token',
    });
    expect(model({ ...key, MERIDIAN_MODEL: 'claude-haiku-5-5' })).toMatchObject({ model: 'claude-haiku-5-5' });
    expect(model({ ...key, MERIDIAN_MODEL_PROVIDER: 'rules' })).toEqual({ provider: 'rules' });
    expect(model({ ...bedrock, MERIDIAN_MODEL: 'rules' })).toEqual({ provider: 'rules' });
  });

  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['an unknown model', { ...key, MERIDIAN_MODEL: 'nonsense' }, /MERIDIAN_MODEL is "nonsense": .*valid are claude-/],
    ['one that thinks', { ...key, MERIDIAN_MODEL: 'claude-opus-5-5' }, /MERIDIAN_MODEL is .*thinking off.*valid are/],
    ['one that thinks there', { ...bedrock, MERIDIAN_MODEL: 'claude-sonnet-5' }, /thinking off on Amazon Bedrock/],
    ['a model without a key', { MERIDIAN_MODEL: 'claude-sonnet-5' }, /MERIDIAN_MODEL is .*set ANTHROPIC_API_KEY/],
    ['a provider without a key', { MERIDIAN_MODEL_PROVIDER: 'anthropic' }, /PROVIDER is "anthropic": .*ANTHROPIC_API/],
    ['an unknown provider', { MERIDIAN_MODEL_PROVIDER: 'azure' }, /PROVIDER is "azure": .*"anthropic"\|"bedrock"/],
    [
      'no regions',
      { MERIDIAN_MODEL_PROVIDER: 'bedrock' },
      /PROVIDER is "bedrock": MERIDIAN_BEDROCK_REGIONS is not set/,
    ],
    ['no region', { ...bedrock, MERIDIAN_BEDROCK_REGIONS: 'mars-1' }, /REGIONS is "mars-1": "mars-1" is not a region/],
    ['a region twice', { ...bedrock, MERIDIAN_BEDROCK_REGIONS: 'us-east-1,us-east-1' }, /"us-east-1" is named twice/],
    [
      'too many regions',
      {
        ...bedrock,
        MERIDIAN_BEDROCK_REGIONS: 'us-east-1,us-east-2,us-west-1,us-west-2,eu-west-1,eu-west-3,eu-north-1',
      },
      /7 regions, at most 6/,
    ],
    ['a region without a profile', { ...bedrock, MERIDIAN_BEDROCK_REGIONS: 'ap-southeast-1' }, /ROUTING=global/],
    ['an endpoint', { ...bedrock, MERIDIAN_BEDROCK_ENDPOINT: '{region}' }, /ENDPOINT is "{region}": must be a url/],
  ])('is refused with what would be valid: %s', (_, env, message) => {
    expect(() => model(env)).toThrow(message);
    expect(() => model(env)).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });
});

test('what is wrong is named with the value received and what would be valid', () => {
  const env = { MERIDIAN_HOME: home, MERIDIAN_LAB_URL: 'lab', MERIDIAN_ON_MODEL_FAILURE: 'panic' };
  expect(() => loadConfig(env)).toThrow(
    /MERIDIAN_LAB_URL is "lab": invalid url; MERIDIAN_ON_MODEL_FAILURE is "panic": .*"stop"\|"rules"/,
  );
});

test('accounts of AWS are names, with the role to assume where there is one', () => {
  const accounts = 'default, prod=arn:aws:iam::123456789012:role/ops/meridian#team-7';
  expect(loadConfig({ MERIDIAN_HOME: home }).aws).toBeUndefined();
  expect(loadConfig({ MERIDIAN_HOME: home, MERIDIAN_AWS_ACCOUNTS: accounts }).aws).toEqual({
    accounts: { default: {}, prod: { roleArn: 'arn:aws:iam::123456789012:role/ops/meridian', externalId: 'team-7' } },
    templateBucket: undefined,
    endpoint: undefined,
  });
});

test.each(['prod=meridian', 'default,default', 'Prod', ''.padEnd(64, 'a')])(
  'the account %p is refused by name',
  (text) => {
    expect(() => loadConfig({ MERIDIAN_HOME: home, MERIDIAN_AWS_ACCOUNTS: text })).toThrow(
      /MERIDIAN_AWS_ACCOUNTS is .*for example "default,prod=arn:aws:iam::123456789012:role\/meridian"/,
    );
  },
);

test('paths of keys and approvers are absolute; tokens are never shown', () => {
  const { signing, webhooksFile, slack } = loadConfig({
    MERIDIAN_HOME: home,
    MERIDIAN_APPROVERS: '/etc/meridian/approvers.yaml',
    MERIDIAN_SIGNING_KEY: 'mira.pem',
    MERIDIAN_WEBHOOKS: 'webhooks.yaml',
    SLACK_BOT_TOKEN: 'xoxb-1',
    XDG_CONFIG_HOME: home,
  });
  expect(signing).toEqual({
    approversFile: '/etc/meridian/approvers.yaml',
    keyFile: join(process.cwd(), 'mira.pem'),
    keyFolder: join(home, 'meridian', 'keys'),
  });
  expect(webhooksFile).toBe(join(process.cwd(), 'webhooks.yaml'));
  expect(slack).toMatchObject({ botToken: 'xoxb-1', appToken: undefined, port: 8474 });
  expect(() => loadConfig({ SLACK_APP_TOKEN: 'secret-1' })).toThrow(/SLACK_APP_TOKEN is \(hidden\)/);
});
