import type { FailureType } from '../../contracts/failure-types';
import type { RulesVerdict } from '../loop/agent';
import { said } from '../loop/said';
import type { FailureCase, FailureExplanation } from './failure-case';
import { essence, readProviderWords } from './provider-words';

/** What a table of words leaves out. */
export const BEYOND_RULES = [
  'words of a provider that no table knows, or that name one thing and mean another',
  'which of several failures was the cause',
  'what to change in this request so that it succeeds',
] as const;

const LONGEST_CAUSE = 400;

/** The kind by the type of the failure, else by the provider's words; the next steps are those of the rules. */
export function failureByRules({ failure, next }: FailureCase): RulesVerdict<FailureExplanation> {
  const { kind, passes } = readingOfType(failure.type) ?? readProviderWords(failure.message) ?? UNREAD;
  const where = [failure.resource, failure.region && `in ${failure.region}`].filter((part) => part).join(' ');
  const cause = said(`${where ? `${where}: ` : ''}${essence(failure.message)}`, LONGEST_CAUSE);
  return { kind: 'chosen', choice: { cause, kind, retry: passes, steps: [...next] } };
}

/** Nothing says that trying again would help. */
const UNREAD = { kind: 'unknown', passes: false } as const;

/** Types that say it themselves; the others leave it to the words. */
function readingOfType(type: string): ReturnType<typeof readProviderWords> {
  switch (type as FailureType) {
    case 'Platform.Throttled':
      return { kind: 'provider', passes: true };
    case 'Platform.StaleEpoch':
    case 'Platform.PlanChanged':
      return { kind: 'conflict', passes: false };
    default:
      return undefined;
  }
}
