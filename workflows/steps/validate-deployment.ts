import type { DeploymentPlan } from '../../contracts/plan';
import { READY_PATH } from '../../contracts/probe-contract';
import { measure, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';
import { checklist } from './checklist';
import { drillRegionLoss } from './drill';

/** Enough for a stable 95th percentile per location, small enough for the far ones to finish in a few seconds. */
const LATENCY_SAMPLES = 20;
const LOAD = { seconds: 3, requestsPerSecond: 50 };
/** A load test in which more than this share of requests failed did not pass. */
const LOAD_FAILURES_ALLOWED = 0.01;

/** Step 4: measures, drills where nobody is served yet, and lets rules judge. Promotion is blocked by any failed check. */
export async function validateDeployment(run: DeploymentRun, plan: DeploymentPlan): Promise<string> {
  run.progress.enter('validation', 'health of every region', 'validation');
  const problems: string[] = [];
  await measureHealth(run, plan, problems);
  await checkDark(run, problems);
  await measureLatencyAndLoad(run, problems);
  if (problems.length === 0) await drill(run, plan, problems);
  else run.progress.say('no fault is injected into a deployment that is not healthy');
  const runbook = await quick.writeRunbook('write the runbook', {
    request: run.request,
    plan,
    generation: run.input.generation,
  });
  run.measured.documents.push({ name: 'runbook.md', artifact: runbook.artifact });
  judge(run, plan, runbook, problems);
  const { measured } = run;
  const passed = measured.checklist.filter(({ status }) => status === 'passed').length;
  if (problems.length > 0) throw stepFailure('Validation.Failed', problems.join('; '));
  return `${passed} of ${measured.checklist.length} checks passed with a measurement, none failed`;
}

async function measureHealth(run: DeploymentRun, plan: DeploymentPlan, problems: string[]): Promise<void> {
  const { regions } = plan.topology;
  const asked = regions.map(({ region }) =>
    measure.probeRegion(`${region}: health`, { ...run.on, region, path: READY_PATH }),
  );
  run.measured.health.push(...(await Promise.all(asked)).flat());
  for (const { region, service, healthy, detail } of run.measured.health) {
    if (!healthy) problems.push(`${service} in ${region} fails its health check: ${detail}`);
  }
}

/** Until promotion no production record points to a first deployment. */
async function checkDark(run: DeploymentRun, problems: string[]): Promise<void> {
  if (run.isChange) return;
  const { hostname } = run.request;
  const { regions } = await quick.resolveHostname(`${hostname} must not resolve yet`, { ...run.on, hostname });
  if (regions.length > 0) problems.push(`${hostname} already leads to ${regions.join(', ')} before the promotion`);
}

async function measureLatencyAndLoad(run: DeploymentRun, problems: string[]): Promise<void> {
  const { percentile, underMs, of } = run.request.latency;
  const on = { ...run.on, hostname: run.previewHostname };
  run.progress.say('latency from the world locations');
  const latency = await measure.measureLatency('latency from the world locations', {
    ...on,
    samples: LATENCY_SAMPLES,
    percentile,
    underMs,
    of,
  });
  run.measured.latency.push(...latency);
  for (const one of latency.filter(({ withinSla }) => !withinSla)) {
    problems.push(
      `p${percentile} from ${one.location} is ${Math.round(one.slaPercentileMs)} ms, ${underMs} ms were asked for: choose other regions or edge locations`,
    );
  }
  run.progress.say('load');
  const load = await measure.measureLoad(`load: ${LOAD.requestsPerSecond} requests a second`, { ...on, ...LOAD });
  run.measured.load = load;
  if (load.failed > load.requests * LOAD_FAILURES_ALLOWED)
    problems.push(`${load.failed} of ${load.requests} requests failed under load`);
}

async function drill(run: DeploymentRun, plan: DeploymentPlan, problems: string[]): Promise<void> {
  const store = plan.replication.stores.find(({ engine, replicas }) => engine === 'postgresql' && replicas.length > 0);
  if (run.isChange || !store) {
    run.progress.say(
      run.isChange ? 'no drill: the deployment carries production traffic' : 'no drill: no data store has a replica',
    );
    return;
  }
  const result = await drillRegionLoss(run, store);
  run.measured.drill = result;
  if (!result.passed) problems.push(`failover drill: ${result.why}`);
  const { generation, rtoMs, passed } = { ...result, generation: run.input.generation };
  await quick.recordDrill('record the drill', { ...run.scope, generation, rtoMs, passed });
}

function judge(
  run: DeploymentRun,
  plan: DeploymentPlan,
  runbook: { commands: string[]; accepted: boolean },
  problems: string[],
): void {
  const { health, latency, drill: result } = run.measured;
  run.measured.checklist.push(
    ...checklist({
      request: run.request,
      plan,
      generation: run.input.generation,
      source: run.source,
      at: new Date().toISOString(),
      health,
      latency,
      ...(result && { drill: result }),
      ...(run.alarm && { alarm: run.alarm }),
      databases: run.databases,
      readBack: run.readBack,
      runbook,
      earlierDrills: run.record?.drills ?? [],
    }),
  );
  for (const { item, status, evidence } of run.measured.checklist) {
    const known =
      problems.length > 0 &&
      (item.startsWith('All regions') || item.startsWith('Latency') || item.startsWith('Failover'));
    if (status === 'failed' && !known) problems.push(`${item}: ${evidence.map(({ measured }) => measured).join('; ')}`);
  }
}
