import { failureAnalyst } from '../../agents/failure-analyst/failure-analyst';
import type { FailureCase } from '../../agents/failure-analyst/failure-case';
import type { Agent } from '../../agents/loop/agent';
import { regionalDeployer } from '../../agents/regional-deployer/regional-deployer';
import type { RolloutInput } from '../../agents/regional-deployer/rollout-choice';
import type { ReplicationInput } from '../../agents/replication-engineer/replication-choice';
import { replicationEngineer } from '../../agents/replication-engineer/replication-engineer';
import { topologyArchitect } from '../../agents/topology-architect/topology-architect';
import type { ArchitectInput } from '../../agents/topology-architect/topology-choice';
import { usableCandidates } from '../../agents/topology-architect/topology-rules';
import { validationAnalyst } from '../../agents/validation-analyst/validation-analyst';
import type { ValidationFindings } from '../../agents/validation-analyst/validation-findings';
import type { ReplicationWishes } from '../../contracts/replication';
import type { DeploymentRequest } from '../../contracts/request';
import type { Topology } from '../../contracts/topology';
import { CHECKLIST_ITEMS } from '../../contracts/validation';
import type { StoreQuestion } from '../../policies/replication-options';
import { validationVerdict } from '../../policies/validation-verdict';
import { replicationQuestions } from '../../skills/database-optimization-analyzer/skill';
import { designRollout } from '../../skills/deployment-strategy-designer/skill';
import { advise } from '../../skills/multicloud-strategy-advisor/skill';
import type { View } from './expectation';
import type { JudgementCase } from './judgement-case';

/** How a case becomes an agent's question, and the agent's choice a table that expectations are held against. */
export interface Bench<Input, Answer extends Record<string, unknown>, Choice> {
  agent: Agent<Input, Answer, Choice>;
  input(judged: JudgementCase): Input;
  view(choice: Choice, input: Input): View;
}

/** What may be done with a bench whose types are nobody's business. */
export type AnyBench = <Result>(
  use: <Input, Answer extends Record<string, unknown>, Choice>(bench: Bench<Input, Answer, Choice>) => Result,
) => Result;

function anyBench<Input, Answer extends Record<string, unknown>, Choice>(
  bench: Bench<Input, Answer, Choice>,
): AnyBench {
  return (use) => use(bench);
}

/** An agent joins by one entry. */
export const BENCHES: Record<JudgementCase['agent'], AnyBench> = {
  'topology architect': anyBench({
    agent: topologyArchitect,
    input: ({ request }): ArchitectInput => ({ request, advice: advise(request) }),
    view: ({ candidate }) => ({
      primary: primaryOf(candidate.regions),
      mode: candidate.mode,
      routing: candidate.routing,
      regions: candidate.regions.map(({ region }) => region),
      count: candidate.regions.length,
      usdPerMonth: candidate.cost.usdPerMonth,
    }),
  }),
  'regional deployer': anyBench({
    agent: regionalDeployer,
    input: ({ request, findings }): RolloutInput => {
      const topology = topologyOf(request);
      const changes = topology.regions.map(({ region }) => ({
        region,
        create: 30,
        change: 0,
        replace: 0,
        isNew: true,
      }));
      return { request, topology, rollout: designRollout({ request, topology }), changes, findings };
    },
    view: ({ rollout, accepted, blocked }, { topology }) => ({
      canary: rollout.canary,
      canaryBakeSeconds: rollout.waves[0]?.bakeSeconds ?? 0,
      lastCopy:
        rollout.waves
          .flatMap(({ regions }) => regions)
          .filter((region) => region !== topology.primary)
          .at(-1) ?? '',
      approvedBefore: rollout.waves.filter(({ approvalBefore }) => approvalBefore).flatMap(({ regions }) => regions),
      accepted: accepted.map(ruleOf),
      blocked: blocked.map(ruleOf),
    }),
  }),
  'replication engineer': anyBench({
    agent: replicationEngineer,
    input: ({ request }): ReplicationInput => {
      const topology = topologyOf(request);
      return { request, topology, questions: replicationQuestions({ request, topology }) };
    },
    view: ({ wishes }, { questions }) => ({
      first: wishes.order[0] ?? questions[0]?.store ?? '',
      ...Object.fromEntries(questions.flatMap((question) => storeView(question, wishes))),
    }),
  }),
  'failure analyst': anyBench({
    agent: failureAnalyst,
    input: ({ request, failure }): FailureCase => {
      if (!failure) throw new RangeError('a case for the failure analyst has a failure');
      const { mode, regions } = topologyOf(request);
      const next = ['remove the cause, then deploy again'];
      return { failure, isChange: false, mode, regions, events: [], undone: [], leftovers: [], next };
    },
    view: ({ kind, retry, cause, steps }) => ({ kind, retry, cause, steps: steps.join('; ') }),
  }),
  'validation analyst': anyBench({
    agent: validationAnalyst,
    input: findingsOf,
    view: ({ cause, summary, next }) => ({ cause, summary, next: next.join('; ') }),
  }),
};

function topologyOf(request: DeploymentRequest): Topology {
  const advice = advise(request);
  const [first] = usableCandidates({ request, advice });
  if (!first) throw new RangeError('no candidate keeps every policy');
  return { ...first, primary: primaryOf(first.regions), diagram: '' };
}

function primaryOf(regions: Topology['regions']): string {
  return regions.find(({ role }) => role === 'primary')?.region ?? regions[0]?.region ?? '';
}

function ruleOf(line: string): string {
  return line.split(':')[0] ?? '';
}

/** Everything that a case does not mention is healthy, fast and passed. */
function findingsOf({ request, validation }: JudgementCase): ValidationFindings {
  if (!validation) throw new RangeError('a case for the validation analyst has a validation');
  const { regions, primary } = topologyOf(request);
  const places = regions.map(({ region }) => region);
  const { latency: sla, recovery } = request;
  const sick = validation.unhealthy.map((one) => ({ ...one, healthy: false, tasksHealthy: 0, tasksWanted: 2 }));
  const well = places
    .filter((region) => !sick.some((one) => one.region === region))
    .map((region) => ({ region, service: 'api', detail: 'ok', healthy: true, tasksHealthy: 2, tasksWanted: 2 }));
  const health = [...sick, ...well];
  const seen = [
    ...validation.missed.map(({ location, ms, servedBy }) => ({ location, ms, servedBy })),
    { location: 'new-york', ms: sla.underMs / 4, servedBy: primary },
  ];
  const latency = seen.map(({ location, ms, servedBy }) => ({
    ...{ location, servedBy, samples: 40, p50Ms: ms / 2, p95Ms: ms, slaPercentileMs: ms },
    withinSla: ms <= sla.underMs,
    source: 'fake' as const,
  }));
  const drill = validation.drill && {
    ...{ class: 'region-loss' as const, region: primary, promoted: places.find((region) => region !== primary) ?? '' },
    ...{
      rtoMs: validation.drill.phases.reduce((sum, { ms }) => sum + ms, 0),
      rtoTargetMs: recovery.rtoSeconds * 1_000,
    },
    ...{ firstWriteMs: 0, acknowledgedWrites: 400, acknowledgedWritesLost: 0, rpoMs: 0, reportedLagMs: 20 },
    rpoTargetMs: recovery.rpoSeconds * 1_000,
    fence: { kind: 'processes-gone' as const, region: primary, epoch: 1, at: '', detail: '' },
    why: validation.drill.passed ? 'recovered as asked' : 'recovery took longer than asked for',
    ...validation.drill,
  };
  const checklist = CHECKLIST_ITEMS.map((item) => ({ item, status: 'passed' as const, evidence: [] }));
  const load = { seconds: 3, requestsPerSecond: 50, requests: 150, failed: validation.failedRequests, p95Ms: 80 };
  const { blockers, verdict } = validationVerdict({ health, latency, checklist, ...(drill && { drill }) });
  return {
    ...{ sla, recovery, regions: places, verdict, blockers, health, latency, load, checklist, lag: [] },
    ...(drill && { drill }),
  };
}

/** How one store is replicated: what was wished for, or else what rules say. */
function storeView(
  { store, lag, mode }: StoreQuestion,
  { stores }: ReplicationWishes,
): Array<[string, string | number]> {
  const wish = stores.find((one) => one.store === store);
  const ruled = mode.kind === 'synchronous' ? mode : { kind: mode.kind, quorum: 0, whenDegraded: 'none' };
  const { mode: kind, quorum = 0, whenDegraded = 'none' } = wish ?? { ...ruled, mode: ruled.kind };
  return [
    [`${store} mode`, kind],
    [`${store} quorum`, quorum],
    [`${store} whenDegraded`, whenDegraded],
    [`${store} warnMs`, wish?.lagThresholdMs ?? lag.ms],
  ];
}
