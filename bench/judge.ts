import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createTakeModelTurn } from '../activities/take-model-turn';
import { createAnthropicModel } from '../agents/models/anthropic-model';
import { createBedrockModel } from '../agents/models/bedrock-model';
import type { Model } from '../agents/models/model';
import { loopModel } from '../agents/models/model-config';
import { endOnClosedPipe } from '../clients/cli/end-on-closed-pipe';
import { EXIT } from '../clients/cli/exit-codes';
import { ClientProblem } from '../clients/client-problem';
import { loadConfig, type MeridianConfig } from '../temporal.config';
import { readCases } from './judgement/judgement-case';
import { type JudgedModel, scoreCases } from './judgement/score';
import { scoreTable } from './judgement/score-table';

const NOBODY_ASKED =
  'no model was asked: set ANTHROPIC_API_KEY, or MERIDIAN_MODEL_PROVIDER=bedrock and MERIDIAN_BEDROCK_REGIONS';

/**
 * `npm run judge [-- FILE]`: lets rules answer the questions of examples/judgement, and the configured model where there
 * is one, each with the agents, guards and budgets of a deployment. Prints right answers per agent and what was wrong,
 * and writes them as JSON (default: dated, in the state folder). Asking a model costs about 43 calls.
 */
async function main(file: string | undefined): Promise<void> {
  const config = loadConfig();
  const judged = judgedModel(config.model);
  const rows = await scoreCases(readCases(), judged);
  const date = new Date().toISOString().slice(0, 10);
  const path = resolve(file ?? join(config.stateFolder, `judgement-${date}.json`));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify({ date, model: judged?.model.id ?? null, rows }, undefined, 2)}\n`);
  console.log(scoreTable(rows));
  if (!judged) console.log(NOBODY_ASKED);
  console.log(`written to ${path}`);
}

function judgedModel(config: MeridianConfig['model']): JudgedModel | undefined {
  const model = loopModel(config);
  const client = modelClient(config);
  if (!model || !client) return undefined;
  const takeModelTurn = createTakeModelTurn({ model: client });
  return { model, takeTurn: (turn) => new MockActivityEnvironment().run(takeModelTurn, turn) };
}

function modelClient(config: MeridianConfig['model']): Model | undefined {
  switch (config.provider) {
    case 'rules':
      return undefined;
    case 'anthropic':
      return createAnthropicModel(config);
    case 'bedrock':
      return createBedrockModel(config);
  }
}

endOnClosedPipe();
main(process.argv[2]).catch((error) => {
  console.error(error instanceof ClientProblem ? `error: ${error.message}` : error);
  process.exitCode = error instanceof ClientProblem ? EXIT.badInput : EXIT.failed;
});
