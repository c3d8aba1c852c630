import type { FailureType } from '../../contracts/failure-types';
import type { RulesVerdict } from '../loop/agent';
import { said } from '../loop/said';
import type { FailureCase, FailureExplanation } from './failure-case';
import { essence, type Reading, readProviderWords } from './provider-words';

/** What a table of words leaves out. */
export const BEYOND_RULES = [
  'words of a provider that no table knows, or that name one thing and mean another',
  'which of several failures was the cause',
  'what to change in this request so that it succeeds',
] as const;

const LONGEST_CAUSE = 400;

/** Nothing says that trying again would help. */
const UNREAD: Reading = { kind: 'unknown', passes: false };
/** These say it themselves, whatever the words beside them. */
const SURE: Partial<Record<FailureType, Reading>> = {
  'Platform.Throttled': { kind: 'provider', passes: true },
  'Platform.StaleEpoch': { kind: 'conflict', passes: false },
  'Platform.PlanChanged': { kind: 'conflict', passes: false },
};
/** Where the words say nothing. */
const LIKELY: Partial<Record<FailureType, Reading>> = {
  'Platform.Unavailable': { kind: 'provider', passes: true },
};

/** The kind by the type of the failure or by the provider's words; the next steps are those of the rules. */
export function failureByRules({ failure, next }: FailureCase): RulesVerdict<FailureExplanation> {
  const type = failure.type as FailureType;
  const { kind, passes } = SURE[type] ?? readProviderWords(failure.message) ?? LIKELY[type] ?? UNREAD;
  const where = [failure.resource, failure.region && `in ${failure.region}`].filter((part) => part).join(' ');
  const words = said(essence(failure.message), LONGEST_CAUSE) || `${type}, without a word`;
  const cause = said(`${where ? `${where}: ` : ''}${words}`, LONGEST_CAUSE);
  return { kind: 'chosen', choice: { cause, kind, retry: passes, steps: [...next] } };
}
