/**
 * How far a fact can be trusted: `verified` was read in the named source, `estimated` was derived or written from
 * general knowledge and not checked against one. Every answer that rests on a fact carries its mark along.
 */
export type FactBasis = 'verified' | 'estimated';

/** Where a fact comes from and how old it is. */
export interface FactOrigin {
  source: string;
  /** year, month or day, as precisely as it is known */
  asOf: string;
  basis: FactBasis;
}
