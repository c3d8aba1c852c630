import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CalibrationRow } from '../../bench/calibration/calibrate';
import { calibrationFixtures } from '../../bench/calibration/fixtures';
import { USABLE_MODEL_IDS } from '../../catalog/models';
import { ledgerAccountSchema } from '../../contracts/ledger';
import { compiledPath } from '../../lab/compiled-path';
import { startScriptedBedrockServer } from '../support/scripted-bedrock-server';
import { type RecordedRequest, startScriptedModelServer, textTokens } from '../support/scripted-model-server';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'meridian-calibrate-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** The command as a process of its own, with nothing of a model in its environment but what is given. */
function calibrate(env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
  const { PATH = '' } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [compiledPath('bench/calibrate.js'), join(home, 'rows.json')],
      { env: { PATH, HOME: home, MERIDIAN_HOME: home, ...env } },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const written = () =>
  JSON.parse(readFileSync(join(home, 'rows.json'), 'utf8')) as {
    date: string;
    provider: string;
    rows: CalibrationRow[];
    failures: string[];
  };

async function withAnthropic(count: (request: RecordedRequest) => number) {
  const server = await startScriptedModelServer([], { count });
  try {
    return { ...(await calibrate({ ANTHROPIC_API_KEY: 'key', ANTHROPIC_BASE_URL: server.url })), server };
  } finally {
    await server.stop();
  }
}

describe('calibrate', () => {
  it('has fixtures of every agent', () => {
    const agents = new Set(calibrationFixtures().map(({ name }) => name.split(',')[0]));
    expect(agents.size).toBe(ledgerAccountSchema.options.length);
  });

  it('says in one line what is missing without a key', async () => {
    const { code, stdout, stderr } = await calibrate({});
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^nothing to ask: set ANTHROPIC_API_KEY.*\n$/);
  });

  it('counts every fixture for every usable model, with and without the schema, and asks for no answer', async () => {
    const { code, stdout, server } = await withAnthropic(({ body }) => (body.output_config?.format ? 150 : 50));
    expect(code).toBe(0);
    expect(server.requests).toHaveLength(0);
    const { rows, date, provider } = written();
    const fixtures = calibrationFixtures();
    expect(rows).toHaveLength(USABLE_MODEL_IDS.length * fixtures.length);
    expect(server.counts).toHaveLength(2 * rows.length);
    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(provider).toBe('anthropic');
    const [first] = fixtures;
    const estimated = first!.call.estimatedTokens;
    expect(rows[0]).toEqual({
      model: USABLE_MODEL_IDS[0],
      fixture: first!.name,
      estimated,
      counted: 150,
      ratio: Math.round(150_000 / estimated) / 1_000,
      schemaOverhead: 100,
    });
    const largest = Math.max(...rows.map(({ ratio }) => ratio));
    expect(stdout).toContain(`largest ratio ${largest.toFixed(3)}, allowed is 1.05`);
  });

  it('fails when an estimate was more than 5 % short', async () => {
    const short = ({ body }: RecordedRequest) => (body.model === 'claude-opus-5' ? 99_999 : 10);
    const { code } = await withAnthropic(short);
    expect(code).toBe(1);
    expect(
      new Set(
        written()
          .rows.filter(({ ratio }) => ratio > 1.05)
          .map(({ model }) => model),
      ),
    ).toEqual(new Set(['claude-opus-5']));
  });

  it('fails when a model cannot be asked, and tells of the others all the same', async () => {
    const server = await startScriptedModelServer([], { count: 'unavailable' });
    const { code } = await calibrate({ ANTHROPIC_API_KEY: 'key', ANTHROPIC_BASE_URL: server.url });
    await server.stop();
    expect(code).toBe(1);
    expect(written().failures).toHaveLength(USABLE_MODEL_IDS.length);
    expect(written().failures[0]).toMatch(/^claude-sonnet-5-5 was not counted: .*404/);
  });

  it('asks Amazon Bedrock for the models that it counts there', async () => {
    const server = await startScriptedBedrockServer({});
    const { code } = await calibrate({
      MERIDIAN_MODEL_PROVIDER: 'bedrock',
      MERIDIAN_BEDROCK_REGIONS: 'eu-central-1',
      MERIDIAN_BEDROCK_ENDPOINT: server.endpoint,
      AWS_BEARER_TOKEN_BEDROCK: 'token',
    });
    await server.stop();
    const { rows } = written();
    expect(new Set(rows.map(({ model }) => model))).toEqual(new Set(['claude-sonnet-4-6', 'claude-haiku-4-5']));
    expect(rows[0]?.counted).toBe(textTokens(server.counts[0]!.body));
    expect(code).toBe(rows.some(({ ratio }) => ratio > 1.05) ? 1 : 0);
  });
});
