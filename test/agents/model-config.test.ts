import { checkModelConfig, loopModel, modelConfigSchema } from '../../agents/models/model-config';
import { DEFAULT_MODEL_ID, modelFact, USABLE_MODEL_IDS } from '../../catalog/models';

describe('model configuration', () => {
  it('takes rules, and every model of the catalog that can be kept from thinking', () => {
    expect(checkModelConfig({ kind: 'rules' })).toBeUndefined();
    for (const model of USABLE_MODEL_IDS) expect(checkModelConfig({ kind: 'anthropic', model })).toBeUndefined();
    expect(USABLE_MODEL_IDS).toContain(DEFAULT_MODEL_ID);
  });

  it('refuses a model that it does not know, and names the ones it does', () => {
    expect(checkModelConfig({ kind: 'anthropic', model: 'gpt' })).toMatch(
      /"gpt" is not in the catalog.*claude-sonnet-5-5/,
    );
  });

  it('refuses a model whose thinking cannot be turned off', () => {
    const problem = checkModelConfig({ kind: 'anthropic', model: 'claude-opus-5-5' });
    expect(problem).toMatch(/cannot turn its thinking off/);
    expect(() => loopModel({ kind: 'anthropic', model: 'claude-opus-5-5' })).toThrow(problem);
  });

  it('gives the loop the price of the model, and no model for rules', () => {
    expect(loopModel({ kind: 'rules' })).toBeUndefined();
    expect(loopModel({ kind: 'anthropic', model: 'claude-sonnet-5-5' })).toEqual({
      id: 'claude-sonnet-5-5',
      price: { inputUsdPerMillion: 2, outputUsdPerMillion: 10 },
    });
    expect(modelFact('claude-sonnet-5-5')?.origin.asOf).toMatch(/^2026/);
  });

  it('has no place for a key: the value travels through workflow histories', () => {
    const parsed = modelConfigSchema.parse({ kind: 'anthropic', model: 'claude-sonnet-5', apiKey: 'secret' });
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });
});
