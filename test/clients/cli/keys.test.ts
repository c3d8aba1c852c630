import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runCli } from '../../../clients/cli/run-cli';
import { readSigner } from '../../../clients/signing/signing-key';
import { approverSchema } from '../../../contracts/approval';
import { memoryTerminal } from './memory-terminal';

const folder = mkdtempSync(join(tmpdir(), 'meridian-keys-cli-'));
const before = { ...process.env };
beforeEach(() => {
  process.env.XDG_CONFIG_HOME = folder;
  delete process.env.MERIDIAN_SIGNING_KEY;
});
afterAll(() => {
  process.env = before;
  rmSync(folder, { recursive: true });
});

async function meridian(...argv: string[]) {
  const terminal = memoryTerminal();
  const exitCode = await runCli(argv, terminal, new AbortController().signal);
  return { exitCode, ...terminal };
}

test('keys create prints an entry for the approvers and nothing else on stdout; keys show knows the key', async () => {
  const created = await meridian('keys', 'create', '--name', 'slack', '--gateway');
  expect(created.exitCode).toBe(0);
  const [entry] = parse(created.stdout) as unknown[];
  const { keyId, kind, name } = approverSchema.parse(entry);
  expect({ kind, name }).toEqual({ kind: 'gateway', name: 'slack:' });
  const file = join(folder, 'meridian', 'keys', 'slack.pem');
  expect(created.stderr).toContain(`export MERIDIAN_SIGNING_KEY=${file}`);
  expect((await readSigner(file)).keyId).toBe(keyId);
  process.env.MERIDIAN_SIGNING_KEY = file;
  expect(parse((await meridian('keys', 'show')).stdout)).toMatchObject({ file, keyId });
  expect(created.stdout + created.stderr).not.toMatch(/PRIVATE/);
});

test('a production approval without a key says how to get one, before anything else', async () => {
  const { exitCode, stderr } = await meridian('approve', 'orders/production', '--yes');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /must be signed, and MERIDIAN_SIGNING_KEY is not set\n\s+make a key with "meridian keys create/,
  );
});

test('what is missing is said', async () => {
  expect(await meridian('keys', 'create')).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/--name NAME/) });
  expect(await meridian('keys', 'show')).toMatchObject({
    ...{ exitCode: 2, stderr: expect.stringMatching(/MERIDIAN_SIGNING_KEY is not set/) },
  });
  expect((await meridian('keys', 'destroy')).exitCode).toBe(2);
});
