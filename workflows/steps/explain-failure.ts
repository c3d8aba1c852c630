import { failureAnalyst } from '../../agents/failure-analyst/failure-analyst';
import type { FailureCase } from '../../agents/failure-analyst/failure-case';
import type { FailureType } from '../../contracts/failure-types';
import type { Failure } from '../../contracts/report';
import type { DeploymentRun } from '../support/deployment-run';
import { explain } from '../support/explain';

/** What a person reads of the way to a failure. */
const EVENTS_TOLD = 6;

/**
 * Whether there is something to explain: a platform, a region or a database that did not do as it was told. A person's
 * no, an abort and a refusal of the request say themselves what to do; step 4 has its own analyst, but for a drill that
 * broke off before it was asked.
 */
export function isWorthExplaining({ step, type }: Pick<Failure, 'step' | 'type'>): boolean {
  switch (type as FailureType) {
    case 'Drill.Failed':
      return true;
    case 'Platform.Throttled':
    case 'Platform.Unavailable':
    case 'Platform.Refused':
    case 'Platform.StackFailed':
    case 'Platform.PlanChanged':
    case 'Platform.StaleEpoch':
    case 'Region.Unhealthy':
    case 'Region.SickDuringBake':
    case 'Region.SickWhileWaiting':
    case 'Replication.Lagging':
    case 'Replication.Inconsistent':
    case 'Internal':
      return step !== 'validation';
    default:
      return false;
  }
}

/** After everything was undone: why it failed, of which kind that is, and what a person could do. Never fails itself. */
export async function explainFailure(run: DeploymentRun, failure: Failure): Promise<Failure> {
  if (run.stopped || !isWorthExplaining(failure)) return failure;
  const decided = await explain(run, failureAnalyst, caseOf(run, failure));
  if (!decided) return failure;
  const who =
    decided.by === 'model'
      ? { decidedBy: decided.by, model: decided.model }
      : { decidedBy: decided.by, reason: `${decided.because.code}: ${decided.because.message}` };
  return { ...failure, analysis: { ...decided.choice, ...who } };
}

function caseOf(run: DeploymentRun, failure: Failure): FailureCase {
  const { topology, progress, undone, leftovers, isChange } = run;
  return {
    failure,
    isChange,
    ...(topology && { mode: topology.mode }),
    regions: topology?.regions ?? [],
    events: progress
      .read()
      .events.filter(({ step, region }) => step === failure.step && (!failure.region || region === failure.region))
      .map(({ message }) => message)
      .filter((message) => !message.includes(failure.message))
      .slice(-EVENTS_TOLD),
    undone,
    leftovers: leftovers.map(({ ref, why }) => `${ref.region}/${ref.kind}: ${why}`),
    next: failure.next,
  };
}
