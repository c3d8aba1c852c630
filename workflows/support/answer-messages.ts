import { setHandler } from '@temporalio/workflow';
import { ledgerSummary } from '../../agents/loop/token-ledger';
import {
  abortUpdate,
  ledgerQuery,
  pauseUpdate,
  planQuery,
  progressQuery,
  resumeUpdate,
  standDownSignal,
} from '../../contracts/messages';
import { quick } from './activity-stubs';
import { answerDecisions } from './answer-decisions';
import type { DeploymentRun } from './deployment-run';
import { refuse } from './failures';

/**
 * Queries and updates of a deployment under way. A refused update changes nothing and leaves no trace in the history.
 * @param cancel ends the story, which is then undone as the policy says
 */
export function answerMessages(run: DeploymentRun, cancel: () => void): void {
  setHandler(progressQuery, ({ sinceSeq }) => run.progress.read(sinceSeq));
  setHandler(planQuery, () => run.plan);
  setHandler(ledgerQuery, () => ledgerSummary(run.ledger));
  answerDecisions(run.approvals, {
    reread: async () => {
      const { approvers } = await quick.readSettings('whose signatures count now');
      run.settings = { ...run.settings, approvers: approvers ?? [] };
    },
    decided: ({ by, decision }) => run.progress.say(`${by} decided: ${decision}`),
  });
  handlePause(run);
  // What cannot be stopped any more is shut out by the epoch that the emergency claims.
  setHandler(standDownSignal, ({ by }) => {
    if (run.stopRefusal()) return;
    run.progress.say(`${by} needs the slot: the deployment makes way`);
    run.stop(`the deployment made way for ${by}`);
    cancel();
  });
  setHandler(
    abortUpdate,
    async ({ by, reason }) => {
      run.progress.say(`${by} stops the deployment: ${reason}`);
      run.stop(`${by} stopped the deployment: ${reason}`);
      cancel();
    },
    { validator: (_request) => refuse(run.stopRefusal()) },
  );
}

function handlePause(run: DeploymentRun): void {
  const { pause, progress } = run;
  setHandler(
    pauseUpdate,
    ({ by, reason }) => {
      pause.begin(by, reason);
      progress.say(`${by} paused the deployment: ${reason}`);
    },
    { validator: (_request) => refuse(pauseRefusal(run)) },
  );
  setHandler(
    resumeUpdate,
    ({ by }) => {
      pause.end();
      progress.say(`${by} resumed the deployment`);
    },
    { validator: (_request) => refuse(pause.state ? undefined : 'the deployment is not paused') },
  );
}

/** Why the deployment cannot be paused now; undefined when it can. */
function pauseRefusal({ life, pause: { state } }: DeploymentRun): string | undefined {
  if (life !== 'running') return `the deployment cannot be paused any more: it is ${life}`;
  return state && `${state.by} has paused the deployment already: ${state.reason}`;
}
