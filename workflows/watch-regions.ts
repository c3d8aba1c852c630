import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { acknowledgeAlertInputSchema } from '../contracts/alert';
import { acknowledgeAlertUpdate, alertsQuery, healthMatrixQuery } from '../contracts/watch-messages';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { acknowledge, acknowledgeRefusal } from '../policies/health/alert-book';
import { healthMatrix } from '../policies/health/health-rows';
import { NEW_WATCH, nextCheckInMs, type WatchState } from '../policies/health/watch-state';
import { refuse } from './support/failures';
import { actOnFindings } from './watch/act-on-findings';
import { lookAtRegions } from './watch/look-at-regions';
import { renderHealthDetails } from './watch/render-health-details';

/** A fresh run starts after so many events, before the server suggests it: a short history replays quickly after a restart. */
const EVENTS_PER_RUN = 2_000;

/**
 * Watches one live deployment: looks at its regions, keeps the health matrix and the alerts, and asks the deployment for
 * what should be done, or proposes it. Ends when nothing is live any more. Id: watchWorkflowId.
 * @param before what an earlier run remembers
 */
export async function watchRegions(key: DeploymentKey, before: WatchState = NEW_WATCH): Promise<void> {
  let state = before;
  setHandler(healthMatrixQuery, () => healthMatrix(key, state));
  setHandler(alertsQuery, () => state.book);
  setHandler(
    acknowledgeAlertUpdate,
    (input) => {
      state = { ...state, book: acknowledge(state.book, input, Date.now()) };
      const alert = state.book.alerts.find(({ id }) => id === input.alertId);
      // the validator has seen it, and nothing came in between
      if (!alert) throw new Error(`alert ${input.alertId} is gone`);
      return alert;
    },
    {
      validator: (input) => {
        const parsed = acknowledgeAlertInputSchema.safeParse(input);
        const [issue] = parsed.error?.issues ?? [];
        refuse(parsed.success ? acknowledgeRefusal(state.book, input) : `${issue?.path.join('.')}: ${issue?.message}`);
      },
    },
  );
  const get = () => state;
  const set = (next: (now: WatchState) => WatchState) => {
    state = next(state);
  };
  try {
    for (;;) {
      if (!(await lookAtRegions(key, get, set))) return;
      await actOnFindings(key, get, set);
      setCurrentDetails(renderHealthDetails(healthMatrix(key, state), state.book));
      await sleep(nextCheckInMs(state, Date.now()));
      const { historyLength, continueAsNewSuggested } = workflowInfo();
      if (historyLength < EVENTS_PER_RUN && !continueAsNewSuggested) continue;
      await condition(allHandlersFinished);
      await continueAsNew<typeof watchRegions>(key, state);
    }
  } catch (error) {
    // Retiring a deployment ends its watch: that is no failure.
    if (!isCancellation(error)) throw error;
  }
}
