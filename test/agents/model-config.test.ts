import { readFileSync } from 'node:fs';
import { loopModel, type ModelChoice, modelProblem, whoDecides } from '../../agents/models/model-config';
import { BEDROCK_MODEL_IDS, bedrockModelFact, DEFAULT_BEDROCK_MODEL_ID, inferenceProfile } from '../../catalog/bedrock';
import { DEFAULT_MODEL_ID, modelFact, USABLE_MODEL_IDS } from '../../catalog/models';

const bedrock = (changes: Partial<Extract<ModelChoice, { provider: 'bedrock' }>> = {}): ModelChoice => ({
  provider: 'bedrock',
  model: DEFAULT_BEDROCK_MODEL_ID,
  regions: ['eu-central-1', 'us-east-1'],
  routing: 'geography',
  ...changes,
});

describe('model configuration', () => {
  it('takes rules, and every model of the catalog that can be kept from thinking', () => {
    expect(modelProblem({ provider: 'rules' })).toBeUndefined();
    for (const model of USABLE_MODEL_IDS) expect(modelProblem({ provider: 'anthropic', model })).toBeUndefined();
    for (const model of BEDROCK_MODEL_IDS) expect(modelProblem(bedrock({ model }))).toBeUndefined();
    expect(USABLE_MODEL_IDS).toContain(DEFAULT_MODEL_ID);
    expect(BEDROCK_MODEL_IDS).toContain(DEFAULT_BEDROCK_MODEL_ID);
    expect(USABLE_MODEL_IDS).toEqual(expect.arrayContaining([...BEDROCK_MODEL_IDS]));
  });

  it('refuses a model that it does not know, and names the ones it does', () => {
    expect(modelProblem({ provider: 'anthropic', model: 'gpt' })).toEqual({
      variable: 'MERIDIAN_MODEL',
      received: 'gpt',
      problem: expect.stringMatching(/not in the catalog.*valid are claude-sonnet-5-5, .*, or rules/),
    });
  });

  it('refuses a model whose thinking cannot be turned off, also where that is so on Bedrock only', () => {
    const choice: ModelChoice = { provider: 'anthropic', model: 'claude-opus-5-5' };
    expect(modelProblem(choice)?.problem).toMatch(/cannot turn its thinking off,/);
    expect(() => loopModel(choice)).toThrow(/MERIDIAN_MODEL is "claude-opus-5-5": .*thinking off/);
    expect(modelProblem({ provider: 'anthropic', model: 'claude-sonnet-5' })).toBeUndefined();
    expect(modelProblem(bedrock({ model: 'claude-sonnet-5' }))?.problem).toMatch(
      /thinking off on Amazon Bedrock.*valid are claude-sonnet-4-6/,
    );
  });

  it('keeps prompts in the geography of each region, unless the operator lets them go anywhere', () => {
    const fact = bedrockModelFact(DEFAULT_BEDROCK_MODEL_ID)!;
    expect(inferenceProfile(fact, 'eu-central-1', 'geography')).toBe('eu.anthropic.claude-sonnet-4-6');
    expect(inferenceProfile(fact, 'us-east-1', 'geography')).toBe('us.anthropic.claude-sonnet-4-6');
    expect(inferenceProfile(fact, 'eu-central-1', 'global')).toBe('global.anthropic.claude-sonnet-4-6');
    const regions = ['eu-central-1', 'ap-southeast-1'];
    expect(modelProblem(bedrock({ regions }))).toEqual({
      variable: 'MERIDIAN_BEDROCK_REGIONS',
      received: 'eu-central-1,ap-southeast-1',
      problem: expect.stringMatching(
        /geography of ap-southeast-1; valid are us-east-1, .*MERIDIAN_BEDROCK_ROUTING=global/,
      ),
    });
    expect(modelProblem(bedrock({ regions, routing: 'global' }))).toBeUndefined();
    // their profiles would carry prompts into another jurisdiction
    for (const region of ['ca-central-1', 'eu-west-2', 'eu-central-2']) {
      expect(inferenceProfile(fact, region, 'geography')).toBeUndefined();
    }
  });

  it('gives the loop the price of the model where it is asked, and no model for rules', () => {
    expect(loopModel({ provider: 'rules' })).toBeUndefined();
    expect(loopModel({ provider: 'anthropic', model: 'claude-sonnet-5-5' })).toEqual({
      id: 'claude-sonnet-5-5',
      price: { inputUsdPerMillion: 2, outputUsdPerMillion: 10 },
    });
    expect(loopModel(bedrock({ model: 'claude-sonnet-5-5' }))?.price.outputUsdPerMillion).toBeCloseTo(11);
    expect(loopModel(bedrock({ model: 'claude-sonnet-5-5', routing: 'global' }))?.price.outputUsdPerMillion).toBe(10);
    expect(modelFact('claude-sonnet-5-5')?.origin.asOf).toMatch(/^2026/);
    for (const model of BEDROCK_MODEL_IDS) expect(bedrockModelFact(model)?.origin.asOf).toMatch(/^2026/);
  });

  it('says in one phrase who decides', () => {
    expect(whoDecides({ provider: 'rules' })).toMatch(/^rules decide/);
    expect(whoDecides({ provider: 'anthropic', model: 'claude-sonnet-5-5' })).toContain('Anthropic API');
    expect(whoDecides(bedrock())).toContain('Amazon Bedrock in eu-central-1, then us-east-1');
  });

  it('is documented: every model that may be asked, with its prices, where, and how', () => {
    const rows = USABLE_MODEL_IDS.map((model) => {
      const { inputUsdPerMillion, outputUsdPerMillion } = modelFact(model)!;
      const usual = model === DEFAULT_MODEL_ID ? 'yes, default' : 'yes';
      return `| \`${model}\` | ${inputUsdPerMillion} / ${outputUsdPerMillion} | ${usual} | ${onBedrock(model)} |`;
    });
    expect(readFileSync('docs/models.md', 'utf8')).toContain(rows.join('\n'));
  });
});

function onBedrock(model: string): string {
  const fact = bedrockModelFact(model);
  if (!fact || !BEDROCK_MODEL_IDS.includes(model)) return 'no: thinks always there';
  const usual = model === DEFAULT_BEDROCK_MODEL_ID ? 'yes, default' : 'yes';
  const how = fact.structuredOutputs && fact.countsTokens ? usual : 'schema in the prompt, no count';
  return `${how}; ${fact.geographies.join(', ')}`;
}
