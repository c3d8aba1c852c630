import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createAnthropicModel } from '../agents/models/anthropic-model';
import { createBedrockModel } from '../agents/models/bedrock-model';
import type { Model } from '../agents/models/model';
import { modelProblem } from '../agents/models/model-config';
import { BEDROCK_MODEL_IDS, bedrockModelFact } from '../catalog/bedrock';
import { USABLE_MODEL_IDS } from '../catalog/models';
import { EXIT } from '../clients/cli/exit-codes';
import { ClientProblem } from '../clients/client-problem';
import { loadConfig, type MeridianConfig } from '../temporal.config';
import { calibrate, calibrationTable, HIGHEST_RATIO } from './calibration/calibrate';
import { calibrationFixtures } from './calibration/fixtures';

/**
 * `npm run calibrate [-- FILE]`: asks the provider's own count of every prompt that agents build, for every usable
 * model, and holds the estimates against it. Writes the rows as JSON (default: dated, in the state folder), prints
 * them, and exits with 1 when an estimate was more than 5 % short or a model could not be asked, with 2 without a key.
 */
async function main(file: string | undefined): Promise<number> {
  const config = loadConfig();
  const models = countingModels(config.model);
  if (models.length === 0) {
    console.error(
      'nothing to ask: set ANTHROPIC_API_KEY, or MERIDIAN_MODEL_PROVIDER=bedrock and MERIDIAN_BEDROCK_REGIONS',
    );
    return EXIT.badInput;
  }
  const result = await calibrate(models, calibrationFixtures());
  const date = new Date().toISOString().slice(0, 10);
  const path = resolve(file ?? join(config.stateFolder, `calibration-${date}.json`));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify({ date, provider: config.model.provider, ...result }, undefined, 2)}\n`);
  console.log(`${calibrationTable(result)}written to ${path}`);
  const isShort = result.rows.some(({ ratio }) => ratio > HIGHEST_RATIO);
  return isShort || result.failures.length > 0 ? EXIT.failed : EXIT.ok;
}

/** Every model that the configured provider offers, may be configured and is counted there. */
function countingModels(config: MeridianConfig['model']): Model[] {
  switch (config.provider) {
    case 'rules':
      return [];
    case 'anthropic':
      return USABLE_MODEL_IDS.map((model) => createAnthropicModel({ ...config, model }));
    case 'bedrock':
      return BEDROCK_MODEL_IDS.filter(
        (model) => bedrockModelFact(model)?.countsTokens && !modelProblem({ ...config, model }),
      ).map((model) => createBedrockModel({ ...config, model }));
  }
}

main(process.argv[2]).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error) => {
    console.error(error instanceof ClientProblem ? `error: ${error.message}` : error);
    process.exitCode = error instanceof ClientProblem ? EXIT.badInput : EXIT.failed;
  },
);
