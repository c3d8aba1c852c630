import type { z } from 'zod';
import type { LedgerAccount } from '../../contracts/ledger';
import type { FactsRung, TextPart } from './facts';

/** Limits of the output of one call, in tokens. Sources: the measured answers of each agent. */
export interface OutputBudget {
  /** never ask for more: a rambling answer must not eat the repair */
  capTokens: number;
  /** an answer that uses every word it is allowed; facts are packed so that this stays free, where possible */
  wantedTokens: number;
  /** below this a call is not worth its price: rules decide */
  minimumTokens: number;
}

/** Why an answer was not accepted: the fields to say again, and the rules that it broke, in words for people. */
export interface Refusal {
  fields: string[];
  violations: string[];
}

/** The verdict of a guard. `choice` is the answer turned into what the step needs; nothing unchecked gets through. */
export type Guarded<Choice> = { kind: 'accepted'; choice: Choice } | ({ kind: 'refused' } & Refusal);

/** What rules choose without a model, or why they cannot. */
export type RulesVerdict<Choice> = { kind: 'chosen'; choice: Choice } | { kind: 'none'; reason: string };

/** The repair call: small, fresh, answered in lines `field: value`. */
export interface Repair<Input> {
  instructions(fields: readonly string[]): string;
  /** the broken fields as they were, the rules broken, the few rows concerned */
  facts(answer: Readonly<Record<string, unknown>>, refusal: Refusal, input: Input): TextPart[];
  output: Pick<OutputBudget, 'capTokens' | 'minimumTokens'>;
}

/**
 * One agent: what it is told, what it must answer, what it may spend, and what decides in its place. Everything in
 * here is pure and runs inside the workflow; only the model turn itself leaves it.
 */
export interface Agent<Input, Answer extends Record<string, unknown>, Choice> {
  name: string;
  account: LedgerAccount;
  instructions: string;
  /** tokens of the two texts that never change, measured once; a test knows the texts that were measured */
  measured: { instructions: number; schema: number };
  /** the id of the answer schema in agents/answer-schemas.ts */
  schemaId: string;
  /** flat, every field required, the reasoning field first; lists are lists of strings */
  schema: z.ZodType<Answer> & { shape: Record<string, z.ZodType> };
  output: OutputBudget;
  /** the ladder, fullest rung first */
  facts(input: Input): FactsRung[];
  guard(answer: Answer, input: Input): Guarded<Choice>;
  repair?: Repair<Input>;
  /** what may be kept of an answer that stays refused; undefined when nothing may */
  salvage?(answer: Answer, input: Input): Choice | undefined;
  /** it explains what rules have decided: without a model their words stand, and nothing ever stops for want of one */
  explains?: true;
  rules(input: Input): RulesVerdict<Choice>;
  /** what rules cannot decide, for the documentation and for the report when rules had to */
  beyondRules: readonly string[];
}
