import type { RejoinResult } from '../../activities/data';
import type { LiveOperationRequest } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import { rejoin } from '../steps/move-primary';
import { quick } from '../support/activity-stubs';
import { awaitServing } from './drain-region';
import { operate } from './operate';
import type { OperateInput, OperationRun } from './operation-run';
import { moveTraffic } from './traffic';

type RejoinRegion = Extract<LiveOperationRequest, { kind: 'rejoin' }>;

/**
 * An old primary returns as a standby: its old data is kept and compared, what differs is saved, then it is made anew, it
 * catches up, and answers again. Until it has, it stays out.
 */
export function rejoinRegion(input: OperateInput<RejoinRegion>): Promise<OperationReport> {
  return operate(input, async (run) => {
    const { region } = run.request;
    let rows = 0;
    for (const store of run.stores.filter((one) => run.regionsOf(one).includes(region))) {
      const rejoined = await run.take('rejoin', `${store.store} in ${region} becomes a standby`, () =>
        rejoin(run, store, region),
      );
      rows += keepDivergence(run, store.store, rejoined);
    }
    await awaitServing(run, region);
    run.recorded(await quick.recordRejoined(`record that ${region} is back`, { ...run.key, region }));
    if (run.record.drained.includes(region))
      await moveTraffic(run, { to: run.primary, drain: run.record.drained.filter((one) => one !== region) });
    return `${region} is a standby of ${run.primary}${rows > 0 ? `; ${rows} rows that only it held were saved` : ''}`;
  });
}

/** @returns how many rows differ */
function keepDivergence(run: OperationRun, store: string, { divergence }: RejoinResult): number {
  if (!divergence) {
    run.saw(`the old data of ${store} was not compared: the platform cannot`);
    return 0;
  }
  const { rows, kept, complete, artifact } = divergence;
  if (artifact) run.documents.push({ name: `divergence-${store}.ndjson`, artifact });
  run.saw(`${rows}${complete ? '' : ' or more'} rows of ${store} differ from the present primary; old data: ${kept}`);
  return rows;
}
