import type { Writer } from '../../activities/operations';
import type { DeploymentRecord } from '../../contracts/record';
import { quick } from '../support/activity-stubs';
import { stepFailure } from '../support/failures';
import { findWriters } from './operate';
import type { OperationRun, Unfinished } from './operation-run';

/** One store whose writes are to go elsewhere. */
export interface StoreMove {
  store: string;
  /** who takes its writes, or took them last */
  from: string;
}

/** Every store with who has its writes: as the platform says, else the record of a move that was begun before, else the primary. */
export function holdersOf(run: OperationRun, writers: readonly Writer[]): StoreMove[] {
  const { moving } = run.record;
  return run.stores.map(({ store }) => {
    const holder = writers.find((writer) => writer.store === store)?.region;
    return { store, from: holder ?? moving?.from[store] ?? run.primary };
  });
}

/** The stores whose writes are not at a region yet. */
export function movesTo(run: OperationRun, writers: readonly Writer[], to: string): StoreMove[] {
  return holdersOf(run, writers).filter(({ from }) => from !== to);
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

/**
 * The end of the way back of a move: the old holders are seen to take the writes again, and the record says of moves what
 * it said before. Throws when another has them, or a lease is nobody's: the record then goes on saying that they move.
 * @param before a move to another region that was unfinished when this one began
 */
export async function takeBackMove(
  run: OperationRun,
  moves: readonly StoreMove[],
  before: DeploymentRecord['moving'],
): Promise<void> {
  const writers = await findWriters(run);
  for (const { store, from } of moves) {
    const { region, epoch } = writers.find((one) => one.store === store) ?? {};
    const isKnown = region !== undefined || epoch !== undefined;
    if (region !== from && isKnown)
      throw stepFailure('Platform.Refused', `${region ?? 'nobody'} takes the writes of ${store}, not ${from}`);
  }
  const asBefore = { ...run.key, expected: run.primary, primary: run.primary };
  run.recorded(
    await (before
      ? quick.recordMove(`record that the writes still move to ${before.to}`, { ...asBefore, moving: before })
      : quick.recordMoveEnded('record that nothing moves', run.key)),
  );
}

/** A move on record to another region than this: it is unfinished again when this one is taken back. */
export function moveElsewhere({ record: { moving } }: OperationRun, to: string): DeploymentRecord['moving'] {
  return moving?.to === to ? undefined : moving;
}
