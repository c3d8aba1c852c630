import { planDeployment } from '../../clients/operations';
import { saidInFiles, saidOnServer } from '../support/everything-said';
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
    detail: 'end_turn, from bedrock us-east-1 (eu-central-1: 503 ServiceUnavailableException)',
  });
  expect(server.invocations[1]).toMatchObject({
    modelId: 'us.anthropic.claude-sonnet-4-6',
    headers: { authorization: `Bearer ${TOKEN}` },
  });

  const said = await saidOnServer(local.meridian.client);
  // the payloads were really read
  expect([...said.values()].every((text) => text.includes(request.application))).toBe(true);
  for (const text of [...said.values(), ...saidInFiles(local.environment.home).values()])
    expect(text).not.toContain(TOKEN);
});
