import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { locations } from '../catalog/locations';
import type { Action } from '../contracts/health-matrix';
import { abortUpdate } from '../contracts/messages';
import type { CheckResult, RegionLatency, WatchedDeployment } from '../contracts/region-observation';
import type { DeploymentKey } from '../contracts/workflow-ids';
import type { Platform } from '../platforms/platform';
import { operationOf, WATCH_REQUESTER } from '../policies/health/operation-of';
import { isElsewhere } from '../policies/health/watch-facts';
import type { ActivityDependencies } from './dependencies';
import { answeringRegions, observeRegions, readLeases } from './observe-regions';
import { askDeployment, slotOf } from './support/ask-deployment';
import { withHeartbeat } from './support/call-context';
import { failure } from './support/failures';
import { watchedDeployment } from './watched-deployment';

/** Slow enough to be no use: health must not wait for a measurement that does not end. */
const LATENCY_TIMEOUT_MS = 25_000;
/** Requests per world location for one look: their median is the latency. */
const LATENCY_SAMPLES = 5;

export interface CheckRegionsInput extends DeploymentKey {
  /** regions to look at; of a deployment that the asker does not know yet, all */
  regions: string[];
  /** also look at who answers for the hostname */
  cross: boolean;
  /** version of the record that the asker knows */
  knownVersion?: number;
}

export interface AskInput extends DeploymentKey {
  action: Action;
  /** the same id asks for the same operation, however often it is sent */
  id: string;
  /** a person has to approve it first */
  proposed: boolean;
}

/** What the watch over a live deployment sees and asks for. */
export function createHealthMatrixActivities(deps: ActivityDependencies) {
  return {
    /**
     * Looks at regions of what is live, from every vantage point there is. A look that fails is a service without a score;
     * the check itself fails only when the record cannot be read.
     */
    checkRegions: (input: CheckRegionsInput): Promise<CheckResult> =>
      withHeartbeat(async () => {
        const record = await deps.records.load(input);
        const deployment = watchedDeployment(record);
        if (!deployment) return { live: false, regions: [], leases: [] };
        const isNew = input.knownVersion === undefined;
        const regions = deployment.order.filter((region) => isNew || input.regions.includes(region));
        const target = { platform: platformOf(deps, deployment), deployment, key: input };
        const [seen, read, answering] = await Promise.all([
          observeRegions(target, regions),
          readLeases(target),
          input.cross ? answeringRegions(target) : undefined,
        ]);
        const slot = read.leases.some((lease) => isElsewhere(lease, deployment)) && (await slotOf(deps, input));
        return {
          live: true,
          ...(deployment.version !== input.knownVersion && { deployment }),
          regions: seen,
          ...read,
          ...(slot && { slot }),
          ...(answering && { answering }),
        };
      }),

    /** Latency as the world sees it, by the region that answered: the median over the locations that it served. */
    measureRegionLatency: (input: DeploymentKey & { deployment: WatchedDeployment }): Promise<RegionLatency[]> =>
      withHeartbeat(async (context) => {
        const { account, hostname, latency } = input.deployment;
        const { application, environment } = input;
        const signal = AbortSignal.any([context.signal, AbortSignal.timeout(LATENCY_TIMEOUT_MS)]);
        const measured = await Promise.race([
          aborted(signal),
          platformOf(deps, input.deployment).probes.latency(
            {
              ...{ account, application, environment, hostname, ...latency },
              locations: locations.map(({ id }) => id),
              samples: LATENCY_SAMPLES,
            },
            { ...context, signal },
          ),
        ]);
        return byRegion(measured);
      }),

    /**
     * Asks the deployment for an operation; returns its workflow id, or why it was refused. A deployment without its entity
     * is not live: that fails.
     */
    askForOperation: async ({
      action,
      id,
      proposed,
      ...key
    }: AskInput): Promise<{ workflowId: string } | { refused: string }> => {
      const { application, environment } = key;
      const { drilling } = await deps.records.load({ application, environment });
      if (drilling && deps.now().toISOString() < drilling.until)
        return {
          refused: `a drill (${drilling.kind}) is under way, which undoes what it does: ${drilling.workflowId}`,
        };
      return askDeployment(deps, { application, environment }, operationOf(action, proposed), id);
    },

    /** Ends a question that nobody needs to decide any more. What is decided or over already stays so. */
    withdrawProposal: async ({ workflowId }: { workflowId: string }): Promise<void> => {
      const why = { by: WATCH_REQUESTER, reason: 'its reason is over' };
      try {
        await deps.client.workflow.getHandle(workflowId).executeUpdate(abortUpdate, { args: [why] });
      } catch (error) {
        if (!(error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}

function platformOf(deps: ActivityDependencies, { platform }: WatchedDeployment): Platform {
  return deps.platform(platform);
}

/** Fails when the signal is aborted, and is not worth a retry: the next measurement comes soon enough. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const seconds = LATENCY_TIMEOUT_MS / 1_000;
    const stop = () => reject(failure('Platform.Unavailable', `latency was not measured within ${seconds} s`));
    signal.addEventListener('abort', stop, { once: true });
  });
}

function byRegion(measured: ReadonlyArray<{ location: string; servedBy: string; p50Ms: number }>): RegionLatency[] {
  return [...new Set(measured.map(({ servedBy }) => servedBy))].map((region) => {
    const own = measured.filter(({ servedBy }) => servedBy === region);
    const sorted = own.map(({ p50Ms }) => p50Ms).sort((a, b) => a - b);
    const ms = sorted[Math.floor(sorted.length / 2)];
    if (ms === undefined) throw failure('Internal', `no latency of ${region}`);
    const from = own.map(({ location }) => location).sort();
    return { region, ms, from: from.join(' ') };
  });
}
