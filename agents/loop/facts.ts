import { foreignText, foreignTextTokens, ownTextTokens } from './estimate-tokens';

/**
 * A piece of a prompt. `foreign` was written outside Meridian (a request, a provider, a model): it is made plain before
 * it is sent and counted at the ceiling of what any text can cost.
 */
export type TextPart = { own: string } | { foreign: string };

/** One rung of an agent's ladder of facts: the same facts, told with fewer rows. */
export interface FactsRung {
  /** what a reader of the report learns, for example "10 of 30 regions, 5 candidates" */
  rung: string;
  parts: TextPart[];
}

export function partsText(parts: readonly TextPart[]): string {
  return parts.map((part) => ('own' in part ? part.own : foreignText(part.foreign))).join('');
}

export function partsTokens(parts: readonly TextPart[]): number {
  return parts.reduce(
    (sum, part) => sum + ('own' in part ? ownTextTokens(part.own) : foreignTextTokens(foreignText(part.foreign))),
    0,
  );
}
