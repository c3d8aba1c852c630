import type { OperationReport } from '../contracts/operation-report';
import { askForApproval } from './drills/approval';
import { Drill, type DrillRequest } from './drills/drill';
import { drillMove } from './drills/drill-move';
import { drillSlowLink } from './drills/drill-slow-link';
import { drillTakeover } from './drills/drill-takeover';
import { requireAsApproved, requireReadiness } from './drills/preconditions';
import { operate } from './operations/operate';
import type { OperateInput } from './operations/operation-run';

/**
 * A drill on what is live: a stream of numbered writes, a fault (or a move as planned), the failover that follows, what was
 * promised counted, and everything put back as it was. Id: operationWorkflowId.
 */
export function runDrill(input: OperateInput<DrillRequest>): Promise<OperationReport> {
  return operate(input, async (run) => {
    const { drill: kind } = run.request;
    let byItself = await requireReadiness(run, kind, run.stores);
    if (await askForApproval(run)) {
      await requireAsApproved(run, kind);
      byItself = await requireReadiness(run, kind, run.stores);
    }
    const drill = new Drill(run, byItself);
    return drill.hold(() => {
      switch (kind) {
        case 'slow-link':
          return drillSlowLink(drill);
        case 'switchover':
          return drillMove(drill);
        default:
          return drillTakeover(drill, kind);
      }
    });
  });
}
