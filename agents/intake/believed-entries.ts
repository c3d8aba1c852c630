import { dearestPrice, modelFact } from '../../catalog/models';
import type { Intake } from '../../contracts/intake';
import type { LedgerEntry } from '../../contracts/ledger';
import { said } from '../loop/said';
import { calibrate, openLedger, type TokenLedger } from '../loop/token-ledger';

const WORDS_CHARACTERS = 300;
const SENTENCE_CHARACTERS = 2_000;

/** Entries with every word in one plain line, as they leave the reading of a sentence and as its deployment shows them. */
export function plainEntries<Entry extends LedgerEntry>(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({
    ...entry,
    agent: said(entry.agent, WORDS_CHARACTERS),
    model: said(entry.model, WORDS_CHARACTERS),
    ...(entry.rung !== undefined && { rung: said(entry.rung, WORDS_CHARACTERS) }),
    detail: said(entry.detail, WORDS_CHARACTERS),
  }));
}

/** What a client says of the reading of its sentence, as far as it is believed: plain words, tokens, no price of its own. */
export function believedIntake({ sentence, assumed, entries }: Intake): Intake {
  return {
    sentence: said(sentence, SENTENCE_CHARACTERS),
    assumed: assumed.map((words) => said(words, WORDS_CHARACTERS)),
    entries: plainEntries(entries).map((entry) => ({ ...entry, usd: believedUsd(entry) })),
  };
}

/** The ledger of a deployment whose request was a sentence: what was spent, and how far the estimates were short. */
export function ledgerAfter(entries: readonly LedgerEntry[]): TokenLedger {
  return entries
    .filter(({ outcome }) => outcome === 'answered')
    .reduce((ledger, { model, estimatedInput, inputTokens }) => calibrate(ledger, model, estimatedInput, inputTokens), {
      ...openLedger(),
      entries: [...entries],
    });
}

/** Its tokens at the price of its model; of a model that nobody knows, at most those of the dearest one. */
function believedUsd({ model, inputTokens, outputTokens, usd }: LedgerEntry): number {
  const known = modelFact(model);
  const { inputUsdPerMillion, outputUsdPerMillion } = known ?? dearestPrice();
  const priced = (inputTokens * inputUsdPerMillion + outputTokens * outputUsdPerMillion) / 1_000_000;
  return known ? priced : Math.min(usd, priced);
}
