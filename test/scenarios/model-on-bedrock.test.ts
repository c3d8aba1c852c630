import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Payload } from '@temporalio/common';
import { planDeployment } from '../../clients/operations';
import { dataConverter } from '../../payload-codec';
import { exampleRequest, type LocalMeridian, startLocalMeridian } from '../support/local-meridian';
import { type ScriptedBedrockServer, startScriptedBedrockServer } from '../support/scripted-bedrock-server';

const TOKEN = 'ABSK-a-token-that-must-stay-in-the-worker';

let local: LocalMeridian;
let server: ScriptedBedrockServer;
beforeAll(async () => {
  server = await startScriptedBedrockServer({
    'eu-central-1': [{ kind: 'status', status: 503, name: 'ServiceUnavailableException', message: `no, ${TOKEN}` }],
    'us-east-1': [
      {
        kind: 'answer',
        answer: {
          weigh: 'c1 keeps writes in virginia',
          base: 'c1',
          mode: 'active-passive',
          groups: ['primary virginia: writes come from there', 'standby ireland singapore: local reads'],
          routing: 'latency',
          edge: false,
          notes: [],
        },
      },
    ],
  });
  local = await startLocalMeridian({
    MERIDIAN_MODEL_PROVIDER: 'bedrock',
    MERIDIAN_BEDROCK_REGIONS: 'eu-central-1,us-east-1',
    MERIDIAN_BEDROCK_ENDPOINT: server.endpoint,
    AWS_BEARER_TOKEN_BEDROCK: TOKEN,
  });
});
afterAll(async () => {
  await local.stop();
  await server.stop();
});

it('plans with a model on Bedrock whose first region is down, and keeps the token to itself', async () => {
  const request = await exampleRequest('three-regions.yaml');
  const { decisions, ledger } = await planDeployment(local.meridian, { request, requester: 'ada' });
  expect(decisions[0]).toMatchObject({ decidedBy: 'model', model: 'claude-sonnet-4-6' });
  expect(ledger.entries[0]).toMatchObject({
    outcome: 'answered',
    detail: 'end_turn, from us-east-1 (eu-central-1: 503 ServiceUnavailableException)',
  });
  expect(server.invocations[1]).toMatchObject({
    modelId: 'us.anthropic.claude-sonnet-4-6',
    headers: { authorization: `Bearer ${TOKEN}` },
  });

  const { workflow } = local.meridian.client;
  for await (const { workflowId } of workflow.list()) {
    const said = await textOf(await workflow.getHandle(workflowId).fetchHistory());
    // the payloads were really read
    expect(said).toContain(request.application);
    expect(said).not.toContain(TOKEN);
  }
  for (const file of filesBelow(local.environment.home)) expect(readFileSync(file, 'utf8')).not.toContain(TOKEN);
});

/** Everything that a history holds, payloads decoded. */
async function textOf(value: unknown): Promise<string> {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('data' in value && value.data instanceof Uint8Array) {
    const [plain] = (await dataConverter.payloadCodecs?.[0]?.decode([value as Payload])) ?? [];
    return Buffer.from(plain?.data ?? []).toString('utf8');
  }
  const parts = await Promise.all(Object.values(value).map(textOf));
  return parts.join('\n');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}
