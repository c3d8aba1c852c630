import type { ReplicationInput } from './replication-choice';

/** A longer name costs more than it says. */
const LONGEST_NAME = 12;

/** Names of stores as they stand in the prompt: their own, or s1, s2, … where that is shorter. */
export interface StoreNames {
  nameOf(store: string): string;
  storeOf(name: string): string | undefined;
}

export function storeNames({ questions }: ReplicationInput): StoreNames {
  const stores = questions.map(({ store }) => store);
  const names = new Map(
    stores.map((store, index) => [store, store.length <= LONGEST_NAME ? store : freeAlias(stores, index)]),
  );
  // A store's own name is understood, too.
  const storeByName = new Map([...stores.map((store): [string, string] => [store, store])]);
  for (const [store, name] of names) storeByName.set(name, store);
  return {
    nameOf: (store) => names.get(store) ?? store,
    storeOf: (name) => storeByName.get(name.trim().toLowerCase()),
  };
}

/** `s3` for the third store, unless a store is really called that. */
function freeAlias(stores: readonly string[], index: number): string {
  const alias = `s${index + 1}`;
  return stores.includes(alias) ? `store${index + 1}` : alias;
}
