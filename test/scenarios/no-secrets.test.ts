import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigningKey } from '../../clients/signing/signing-key';
import { saidInFiles, saidOnServer } from '../support/everything-said';
import { exampleRequest, type LocalMeridian, startLocalMeridian } from '../support/local-meridian';
import { askingAgent, goodAnswer } from '../support/scripted-answers';
import { type ScriptedModelServer, type ScriptStep, startScriptedModelServer } from '../support/scripted-model-server';

/** None of them looks like a key that a pattern would know: only not being written keeps them out. */
const SECRETS = {
  ANTHROPIC_API_KEY: 'plain-model-key-7QzR4?x&y=1',
  AWS_ACCESS_KEY_ID: 'plainaccesskey7QzR4',
  AWS_SECRET_ACCESS_KEY: 'plain/secret+access/key7QzR4',
  AWS_SESSION_TOKEN: 'plain-session-token-7QzR4==',
  SLACK_BOT_TOKEN: 'xoxb-plain-bot-7QzR4',
  SLACK_APP_TOKEN: 'xapp-plain-app-7QzR4',
  SLACK_SIGNING_SECRET: 'plain-slack-signing-7QzR4',
  PGPASSWORD: 'plain-database-password-7QzR4',
} as const;

let local: LocalMeridian;
let server: ScriptedModelServer;
let keys: string;
let signingKey: string;
/** every second topology question is refused by a provider that repeats the key it was given */
let refuses = false;

beforeAll(async () => {
  keys = mkdtempSync(join(tmpdir(), 'meridian-keys-'));
  const { file } = await createSigningKey(keys, 'ada');
  signingKey = readFileSync(file, 'utf8').split('\n')[1] ?? '';
  const step: ScriptStep = (request) =>
    refuses && askingAgent(request.body) === 'topology'
      ? { kind: 'status', status: 401, message: `invalid key ${SECRETS.ANTHROPIC_API_KEY}` }
      : goodAnswer(request);
  server = await startScriptedModelServer(Array.from({ length: 60 }, () => step));
  local = await startLocalMeridian({ ...SECRETS, MERIDIAN_SIGNING_KEY: file, ANTHROPIC_BASE_URL: server.url });
});
afterAll(async () => {
  await local?.stop();
  await server?.stop();
  rmSync(keys, { recursive: true, force: true });
});

/** A secret as it is, and as parts of a text in the usual codes carry it, wherever it begins there. */
function formsOf(secret: string): string[] {
  const inBase64 = [0, 1, 2].map((before) => {
    const text = Buffer.from(' '.repeat(before) + secret).toString('base64');
    return text.slice(before === 0 ? 0 : before + 1, -4);
  });
  const forUrls = inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [
    ...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...inBase64, ...forUrls]),
  ];
}

/** Where any form of any secret stands. */
function leaks(places: ReadonlyMap<string, string>, secrets: Readonly<Record<string, string>>): string[] {
  const forms = Object.entries(secrets).flatMap(([name, secret]) => formsOf(secret).map((form) => ({ name, form })));
  return [...places].flatMap(([place, text]) =>
    forms.filter(({ form }) => text.includes(form)).map(({ name }) => `${name} in ${place}`),
  );
}

it('would find a secret in whatever form it was written', () => {
  for (const [name, secret] of Object.entries(SECRETS)) {
    const texts = [secret, encodeURIComponent(secret), JSON.stringify({ secret })];
    for (const before of ['', 'a', 'ab', 'key: '])
      texts.push(Buffer.from(`${before}${secret}, and more`).toString('base64'));
    for (const text of texts) expect(leaks(new Map([['here', text]]), { [name]: secret })).toContain(`${name} in here`);
  }
});

it('writes no key, token or password anywhere, whatever goes well or wrong', async () => {
  const good = await exampleRequest('three-regions.yaml');
  const promoted = await local.deploy(good);
  expect(promoted.verdict).toBe('promoted');
  const database = await local.lab.call('data.connection', {
    ...{ account: good.account, application: good.application, environment: good.environment },
    ...{ store: good.dataStores[0]?.name ?? '', region: promoted.topology?.primary ?? '' },
  });
  refuses = true;
  const failed = await local.deploy(await exampleRequest('faults/never-healthy.yaml'));
  expect(failed.verdict).toBe('rolled-back');
  expect(failed.decisions[0]?.reason).toContain('invalid key [redacted]');

  const said = await saidOnServer(local.meridian.client);
  const text = [...said.values()].join('\n');
  // histories were read, those of regions too, and nothing in them is packed
  const seen = [good.application, 'us-east-1', 'virginia is where orders are written', 'invalid key [redacted]'];
  expect(seen.filter((words) => !text.includes(words))).toEqual([]);
  const lab = await local.lab.call('status', {});
  const files = new Map([...saidInFiles(local.environment.home), ...saidInFiles(lab.home)]);
  expect([...files.keys()].some((file) => file.endsWith('worker.log'))).toBe(true);
  expect([...files.keys()].some((file) => file.endsWith('report.html'))).toBe(true);
  const secrets = { ...SECRETS, 'the signing key': signingKey, 'the password of the database': database.password };
  expect(database.password.length).toBeGreaterThan(10);
  expect(leaks(new Map([...said, ...files]), secrets)).toEqual([]);

  // An application is told the password of its own database, by its environment. The lab is told nothing else.
  const environments = lab.processes.map(({ pid, what }): [string, string] => [`${what} (${pid})`, environmentOf(pid)]);
  expect(environments.some(([, variables]) => variables.includes(database.password))).toBe(true);
  expect(leaks(new Map(environments), SECRETS)).toEqual([]);
});

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
