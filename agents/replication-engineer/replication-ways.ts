import type { ReplicationOption, StoreQuestion } from '../../policies/replication-options';

export type Way = ReplicationOption['mode'];

/** The ways to replicate as numbers, the same for all stores: most stores have the same, and each is written out once. */
export interface Ways {
  all: readonly Way[];
  numberOf(mode: Way): number;
  /** the option of a store with that number; undefined when the store has none */
  optionOf(question: StoreQuestion, number: number): ReplicationOption | undefined;
}

/** In the order in which stores have them: 0 is what rules choose for the first. */
export function replicationWays(questions: readonly StoreQuestion[]): Ways {
  const byKey = new Map(questions.flatMap(({ options }) => options.map(({ mode }) => [JSON.stringify(mode), mode])));
  const keys = [...byKey.keys()];
  const numberOf = (mode: Way) => keys.indexOf(JSON.stringify(mode));
  return {
    all: [...byKey.values()],
    numberOf,
    optionOf: ({ options }, number) => options.find(({ mode }) => numberOf(mode) === number),
  };
}
