import type { DrillKind } from '../../contracts/drill';
import type { StoreReplication } from '../../contracts/replication';
import { noDrillReason } from '../../policies/no-drill-reason';
import { automationOf } from '../../policies/operations/automation';
import { isDiverged } from '../../policies/operations/operating-state';
import { standbysOf } from '../../policies/standbys-of';
import { findWriters } from '../operations/operate';
import type { OperationRun } from '../operations/operation-run';
import { measure, quick } from '../support/activity-stubs';
import { stepFailure } from '../support/failures';

/** What serves people well answers at once. */
const READY_MS = 15_000;
const LAG_MS = 10_000;

/**
 * A drill begins only where a failover would be safe now: every region answers and can serve, nobody is drained, every
 * standby is close, and the platform may do what the request says it may. Nothing has been touched when one fails.
 * @returns whether the platform replaces a silent primary by itself
 */
export async function requireReadiness(
  run: OperationRun,
  kind: DrillKind,
  stores: StoreReplication[],
): Promise<boolean> {
  const refuse = refusalOf(kind);
  const { platform } = run.live.request;
  const replicatedStores = stores.filter((store) => standbysOf(store).length > 0).length;
  const impossible = noDrillReason({ isChange: false, platform, replicatedStores });
  if (impossible) throw refuse(impossible);
  const alone = stores.find((store) => standbysOf(store).length === 0);
  if (alone) throw refuse(`${alone.store} has no standby that could take over`);
  const [drained] = run.record.drained;
  if (drained) throw refuse(`${drained} answers nobody; let it answer again first`);
  const regions = run.live.topology.regions.map(({ region }) => region);
  await measure.awaitReady('all regions can serve', { ...run.on, regions, timeoutMs: READY_MS });
  for (const store of stores) {
    const others = run.regionsOf(store).filter((region) => region !== run.primary);
    const input = { ...run.on, store: store.store, regions: others, lagThresholdMs: store.lagThresholdMs };
    await measure.awaitReplication(`${store.store}: standbys are close`, { ...input, timeoutMs: LAG_MS });
  }
  run.saw(`all ${regions.length} regions can serve, and every standby is close`);
  const names = stores.map(({ store }) => store);
  const leases = await quick.readLeases('who may take over', { ...run.on, stores: names });
  const wanted = automationOf(run.live.request);
  const other = leases.find((lease) => lease && lease.automation !== wanted);
  if (other)
    throw refuse(`failover is to be ${wanted}, and the platform has it ${other.automation}: deploy again first`);
  return leases.every((lease) => lease?.automation === 'automatic');
}

const refusalOf = (kind: DrillKind) => (why: string) =>
  stepFailure('Drill.Failed', `the ${kind} drill was not held: ${why}`);

/** What was approved is what is struck: while a person thought, the platform may have failed over by itself. */
export async function requireAsApproved(run: OperationRun, kind: DrillKind): Promise<void> {
  const { primary, epoch } = run;
  const record = await run.readRecord('what is live now');
  const writers = await findWriters(run);
  if (record.primary === primary && run.epoch === epoch && !isDiverged(record, writers)) return;
  const now = writers.find(({ region }) => region && region !== primary)?.region ?? record.primary;
  throw refusalOf(kind)(
    `it was approved for ${primary} at epoch ${epoch}, and now it is ${now} at epoch ${run.epoch}: ask again`,
  );
}
