import { sleep } from '@temporalio/workflow';
import type { StoreReplication } from '../../contracts/replication';
import type { WriterHandle } from '../../platforms/platform';
import { measure, quick } from '../support/activity-stubs';
import type { Drilled } from './drilled';

/** Enough numbered writes per second to see a gap of a tenth of a second, few enough not to be a load test. */
const WRITES_PER_SECOND = 20;
/** The stream is steady before the fault. */
const WARM_UP_MS = 2_000;

/** The stream of numbered writes of a drill, by a process of its own with its own log. */
export function writerOf({ on }: Pick<Drilled, 'on'>): WriterHandle {
  return { id: `writer-${on.application}-${on.environment}-${on.generation}` };
}

export async function startStream(run: Drilled, region: string): Promise<void> {
  const input = { ...run.on, ...writerOf(run), hostname: run.previewHostname, writesPerSecond: WRITES_PER_SECOND };
  await measure.startWriter(`${region}: start the stream of writes`, input);
  await sleep(WARM_UP_MS, { summary: 'let the stream become steady' });
}

/** Ends the stream and counts what it was promised. Without times, nothing has happened to it. */
export function finishStream(run: Drilled, times?: { faultAt: string; fencedAt: string }) {
  const now = new Date().toISOString();
  const counted = times ?? { faultAt: now, fencedAt: now };
  return measure.finishWriter('count what was promised', { ...run.on, writer: writerOf(run), ...counted });
}

/** Milliseconds; a database that does not answer has none. */
export async function worstLagMs(run: Drilled, stores: StoreReplication[]): Promise<number> {
  const asked = stores.map(({ store, primary, replicas }) =>
    quick.databaseStatuses(`${store}: lag before the fault`, { ...run.on, store, regions: [primary, ...replicas] }),
  );
  const statuses = (await Promise.all(asked)).flat();
  return Math.max(0, ...statuses.map(({ lagMs }) => lagMs ?? 0));
}
