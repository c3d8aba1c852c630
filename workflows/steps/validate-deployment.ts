import type { DeploymentPlan } from '../../contracts/plan';
import { READY_PATH } from '../../contracts/probe-contract';
import { inScope } from '../../policies/latency-scope';
import { modelledOnAws } from '../../policies/modelled-on-aws';
import { noDrillReason } from '../../policies/no-drill-reason';
import { validationVerdict } from '../../policies/validation-verdict';
import { measure, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';
import { type ChecklistFacts, checklist } from './checklist';
import { drillRegionLoss } from './drill';
import { explainValidation } from './explain-validation';

/** A 95th percentile that one stalled request does not decide, and the far locations are still done in seconds. */
const LATENCY_SAMPLES = 40;
const LOAD = { seconds: 3, requestsPerSecond: 50 };
/** A load test in which more than this share of requests failed did not pass. */
const LOAD_FAILURES_ALLOWED = 0.01;

/**
 * Step 4: measures, drills where nobody is served yet, and lets rules judge. Promotion is blocked by any failed check.
 * An agent explains what was found; the verdict is not its own.
 */
export async function validateDeployment(run: DeploymentRun, plan: DeploymentPlan): Promise<string> {
  run.progress.enter('validation', 'health of every region', 'validation');
  await measureHealth(run, plan);
  const surprises = await lightBeforePromotion(run);
  if (isSick(run)) run.progress.say('no load and no latency are measured of what is not healthy');
  else {
    surprises.push(...(await failedLoad(run)));
    await measureLatency(run);
  }
  const sick = [...surprises, ...validationVerdict(run.measured).blockers];
  if (sick.length === 0) await drill(run, plan);
  else run.progress.say('no fault is injected into a deployment that is not healthy');
  const runbook = await writeRunbook(run, plan);
  run.measured.checklist.push(...checklist(factsOf(run, plan, runbook)));
  if (run.source !== 'aws') run.measured.modelled.push(...modelledOnAws(plan.replication));
  const { blockers, proposals } = validationVerdict(run.measured);
  run.proposals.push(...proposals);
  const reasons = [...new Set([...surprises, ...blockers])];
  await explainValidation(run, plan, reasons);
  if (reasons.length > 0) throw stepFailure('Validation.Failed', reasons.join('; '));
  const passed = run.measured.checklist.filter(({ status }) => status === 'passed').length;
  return `${passed} of ${run.measured.checklist.length} checks passed with a measurement, none failed`;
}

function isSick({ measured }: DeploymentRun): boolean {
  return measured.health.some(({ healthy }) => !healthy);
}

async function measureHealth(run: DeploymentRun, plan: DeploymentPlan): Promise<void> {
  const { regions } = plan.topology;
  const asked = regions.map(({ region }) =>
    measure.probeRegion(`${region}: health`, { ...run.on, region, path: READY_PATH }),
  );
  const seen = (await Promise.all(asked)).flat();
  run.measured.health.splice(0, run.measured.health.length, ...seen);
  run.saw('health');
}

/** Until promotion no production record points to a first deployment. */
async function lightBeforePromotion(run: DeploymentRun): Promise<string[]> {
  if (run.isChange) return [];
  const { hostname } = run.request;
  const { regions } = await quick.resolveHostname(`${hostname} must not resolve yet`, { ...run.on, hostname });
  return regions.length > 0 ? [`${hostname} already leads to ${regions.join(', ')} before the promotion`] : [];
}

async function measureLatency(run: DeploymentRun): Promise<void> {
  const { percentile, underMs, of } = run.request.latency;
  const hostname = run.previewHostname;
  run.progress.say('latency from the world locations');
  const input = { ...run.on, hostname, samples: LATENCY_SAMPLES, percentile, underMs, of };
  const measured = await measure.measureLatency('latency from the world locations', input);
  run.measured.latency.push(...inScope(measured, run.request));
  run.saw('latency');
}

async function failedLoad(run: DeploymentRun): Promise<string[]> {
  run.progress.say('load');
  const input = { ...run.on, hostname: run.previewHostname, ...LOAD };
  const load = await measure.measureLoad(`load: ${LOAD.requestsPerSecond} requests a second`, input);
  run.measured.load = load;
  const allowed = load.requests * LOAD_FAILURES_ALLOWED;
  return load.failed > allowed ? [`${load.failed} of ${load.requests} requests failed under load`] : [];
}

/** Only a deployment that nobody uses yet is drilled, and afterwards every region is looked at once more. */
async function drill(run: DeploymentRun, plan: DeploymentPlan): Promise<void> {
  const stores = plan.replication.stores.filter(
    ({ engine, replicas }) => engine === 'postgresql' && replicas.length > 0,
  );
  const { platform } = run.request;
  const reason = noDrillReason({ isChange: run.isChange, platform, replicatedStores: stores.length });
  if (reason) {
    run.progress.say(`no drill: ${reason}`);
    return;
  }
  const { rtoMs, passed } = await drillRegionLoss(run, stores, plan.topology.primary);
  run.saw('drill');
  await quick.recordDrill('record the drill', { ...run.scope, generation: run.input.generation, rtoMs, passed });
  await measureHealth(run, plan);
}

async function writeRunbook(run: DeploymentRun, plan: DeploymentPlan): Promise<ChecklistFacts['runbook']> {
  const input = { request: run.request, plan, generation: run.input.generation };
  const runbook = await quick.writeRunbook('write the runbook', input);
  run.measured.documents.push({ name: 'runbook.md', artifact: runbook.artifact });
  return runbook;
}

function factsOf(run: DeploymentRun, plan: DeploymentPlan, runbook: ChecklistFacts['runbook']): ChecklistFacts {
  const { health, latency, drill: result } = run.measured;
  return {
    request: run.request,
    plan,
    generation: run.input.generation,
    source: run.source,
    at: new Date().toISOString(),
    measuredAt: run.measuredAt,
    agreedRows: run.agreedRows,
    health,
    latency,
    ...(result && { drill: result }),
    ...(run.alarm && { alarm: run.alarm }),
    databases: run.databases,
    readBack: run.readBack,
    ...(runbook && { runbook }),
    earlierDrills: run.record?.drills ?? [],
  };
}
