import type { Writer } from '../../activities/operations';
import type { OperationRun, Unfinished } from './operation-run';

/** One store whose writes are to go elsewhere. */
export interface StoreMove {
  store: string;
  /** who takes its writes, or took them last */
  from: string;
}

/**
 * The stores whose writes are not at a region yet, each with who has them: as the platform says, else as the record says of
 * a move that was begun before, else the primary.
 */
export function movesTo(run: OperationRun, writers: readonly Writer[], to: string): StoreMove[] {
  const { moving } = run.record;
  return run.stores
    .map(({ store }) => {
      const holder = writers.find((writer) => writer.store === store)?.region;
      return { store, from: holder ?? moving?.from[store] ?? run.primary };
    })
    .filter(({ from }) => from !== to);
}

/** As the record keeps it (contracts/record.ts). */
export function movingTo(to: string, moves: readonly StoreMove[]) {
  return { to, from: Object.fromEntries(moves.map(({ store, from }) => [store, from])) };
}

/** What the report of a move says that breaks off where it cannot go back: asked for again, the promotion goes on. */
export function unfinishedMove({ name }: OperationRun, to: string): Unfinished {
  return {
    left: `not all writes have come to ${to}, or the traffic has not followed`,
    next: [`meridian promote-region ${name} ${to}`],
  };
}
