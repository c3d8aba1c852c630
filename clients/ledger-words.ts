import type { LedgerSummary } from '../contracts/ledger';
import { formatCount, plural } from './format';

/** What a few thousand tokens cost is less than a cent: four digits. */
export function formatTokenUsd(usd: number): string {
  return `$${usd.toFixed(4)}`;
}

/** `5,787 of 12,000 tokens, $0.0220`; reserved tokens of a call under way count as used. */
export function tokenWords({ used, limit, usd }: Pick<LedgerSummary, 'used' | 'limit' | 'usd'>): string {
  return `${formatCount(used)} of ${formatCount(limit)} tokens${usd > 0 ? `, ${formatTokenUsd(usd)}` : ''}`;
}

/** How many calls were answered, once there was one. */
export function answeredWords({ entries }: Pick<LedgerSummary, 'entries'>): string[] {
  const answered = entries.filter(({ outcome }) => outcome === 'answered').length;
  return entries.length === 0 ? [] : [`${answered} of ${plural(entries.length, 'call')} answered`];
}
