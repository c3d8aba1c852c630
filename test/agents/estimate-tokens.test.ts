import { createHash } from 'node:crypto';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import fc from 'fast-check';
import { answerSchema } from '../../agents/answer-schemas';
import { failureAnalyst } from '../../agents/failure-analyst/failure-analyst';
import { intake } from '../../agents/intake/intake';
import {
  callInputTokens,
  cutForeignText,
  foreignText,
  foreignTextTokens,
  measuredTokens,
  ownTextTokens,
  utf8Bytes,
} from '../../agents/loop/estimate-tokens';
import { regionalDeployer } from '../../agents/regional-deployer/regional-deployer';
import { replicationEngineer } from '../../agents/replication-engineer/replication-engineer';
import { topologyArchitect } from '../../agents/topology-architect/topology-architect';
import { validationAnalyst } from '../../agents/validation-analyst/validation-analyst';
import golden from './golden-token-counts.json';

/** An agent joins by one word. */
const AGENTS = [intake, topologyArchitect, regionalDeployer, replicationEngineer, validationAnalyst, failureAnalyst];

describe('estimate of own text', () => {
  it.each(golden.own)('is not below the measured count of a prompt (case %#)', ({ text, tokens }) => {
    expect(ownTextTokens(text)).toBeGreaterThanOrEqual(tokens);
  });

  it('is not uselessly high: at most twice the measured count', () => {
    for (const { text, tokens } of golden.own) expect(ownTextTokens(text)).toBeLessThanOrEqual(2 * tokens);
  });

  it('never falls when text is added', () => {
    fc.assert(
      fc.property(fc.string(), fc.lorem(), (text, more) => {
        expect(ownTextTokens(`${text}\n${more}`)).toBeGreaterThanOrEqual(ownTextTokens(text));
      }),
    );
  });
});

describe('ceiling of foreign text', () => {
  it.each(golden.foreign)('is not below the measured count of hostile text (case %#)', ({ text, plain, tokens }) => {
    expect(foreignText(text)).toBe(plain);
    expect(foreignTextTokens(plain)).toBeGreaterThanOrEqual(tokens);
  });

  it('lets no markup, capital or control character through, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = foreignText(text);
        expect(plain).not.toMatch(/[<>{}"`\\|A-Z\p{Cc}]|\s\s/u);
      }),
      { numRuns: 2_000 },
    );
  });

  it('cuts to the tokens given and never splits a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(80), (text, tokens) => {
        const cut = cutForeignText(text, tokens);
        expect(foreignTextTokens(cut)).toBeLessThanOrEqual(tokens);
        expect(foreignText(text).startsWith(cut.replace(/~$/, ''))).toBe(true);
        expect(cut).not.toMatch(/[\uD800-\uDBFF]$/);
      }),
    );
  });

  it('counts bytes as UTF-8 does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => expect(utf8Bytes(text)).toBe(Buffer.byteLength(text))),
    );
  });
});

describe('measured prompts', () => {
  it.each(AGENTS)('are the ones that the $name sends', ({ schemaId, instructions: text, measured }) => {
    const { instructions, schema } = golden.fixed[schemaId as keyof typeof golden.fixed];
    const wire = JSON.stringify(zodOutputFormat(answerSchema(schemaId)).schema);
    // after a change of either text, measure it again and commit the new number with it
    expect(sha256(text)).toBe(instructions.sha256);
    expect(sha256(wire)).toBe(schema.sha256);
    expect(measured).toEqual({ instructions: instructions.tokens, schema: schema.tokens });
  });

  it('are charged with 5 % on instructions, 25 % on schemas and what providers add', () => {
    const fixed = measuredTokens({ instructions: 321, schema: 185 });
    expect(fixed).toEqual({ instructions: 338, schema: 232 });
    expect(callInputTokens({ ...fixed, facts: 500 })).toBe(338 + 232 + 500 + 130);
    expect(callInputTokens({ instructions: 80, facts: 200 })).toBe(80 + 200 + 30);
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
