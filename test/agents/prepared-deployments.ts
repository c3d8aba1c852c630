import fc from 'fast-check';
import { failureAnalyst } from '../../agents/failure-analyst/failure-analyst';
import { intake } from '../../agents/intake/intake';
import type { Agent } from '../../agents/loop/agent';
import { regionalDeployer } from '../../agents/regional-deployer/regional-deployer';
import type { RolloutInput } from '../../agents/regional-deployer/rollout-choice';
import { rolloutNames } from '../../agents/regional-deployer/rollout-guard';
import type { ReplicationInput } from '../../agents/replication-engineer/replication-choice';
import { replicationEngineer } from '../../agents/replication-engineer/replication-engineer';
import { storeNames } from '../../agents/replication-engineer/store-names';
import { topologyArchitect } from '../../agents/topology-architect/topology-architect';
import type { ArchitectInput } from '../../agents/topology-architect/topology-choice';
import { usableCandidates } from '../../agents/topology-architect/topology-rules';
import { validationAnalyst } from '../../agents/validation-analyst/validation-analyst';
import { REGION_IDS } from '../../catalog/regions';
import type { Finding } from '../../contracts/finding';
import { replicationQuestions } from '../../skills/database-optimization-analyzer/skill';
import { designRollout } from '../../skills/deployment-strategy-designer/skill';
import { advise } from '../../skills/multicloud-strategy-advisor/skill';
import { exampleRequest } from './architect-input';
import { exampleFailure } from './failure-case';
import { hostileText } from './hostile-text';
import { exampleFindings, service } from './validation-findings';

/** One question to one agent: the agent with its facts packed once, what it is asked, and an answer that it accepts. */
export interface PreparedQuestion {
  // biome-ignore lint/suspicious/noExplicitAny: six agents with six kinds of input
  agent: Agent<any, any, unknown>;
  input: unknown;
  good: Record<string, unknown>;
}

/** All questions of one deployment in the order of their asking. A deployment that fails asks about that instead. */
export interface PreparedDeployment {
  name: string;
  questions: PreparedQuestion[];
  failing: PreparedQuestion;
}

/** Deployments from the smallest to the largest that is allowed, with plain and with hostile words. */
export function preparedDeployments(): PreparedDeployment[] {
  const sizes = [
    [1, 0, 0],
    [3, 1, 0],
    [3, 3, 20],
    [5, 1, 200],
    [8, 5, 40],
    [15, 10, 120],
    [22, 15, 200],
    [30, 20, 200],
  ] as const;
  const words = fc.sample(hostileText, { seed: 20, numRuns: sizes.length * 2 });
  return sizes.flatMap((size, index) => [
    prepared(size, 'writes come from virginia, the busiest is month-end'),
    prepared(size, words[index] ?? ''),
    prepared(size, words[sizes.length + index] ?? ''),
  ]);
}

function prepared([regions, stores, findings]: readonly [number, number, number], words: string): PreparedDeployment {
  const architect = architectInput(regions, stores, words);
  const rollout = rolloutInput(architect, findings, words);
  const { request, topology } = rollout;
  const failure = exampleFailure({
    failure: { message: words.repeat(3).slice(0, 3_000), resource: words.slice(0, 80) },
    regions: topology.regions,
    events: Array(6).fill(words),
  });
  const validated = exampleFindings({
    regions: topology.regions.map(({ region }) => region),
    health: topology.regions.map(({ region }) => service(region, words.slice(0, 300) || undefined)),
    blockers:
      words === '' ? [] : Array.from({ length: Math.min(regions, 20) }, (_, n) => `${n}: ${words.slice(0, 200)}`),
  });
  return {
    name: `${regions} regions, ${stores} stores, ${findings} findings, "${words.slice(0, 12)}"`,
    questions: [
      question(
        intake,
        { sentence: `orders API, p95 under 250 ms ${words}`.slice(0, 2_000) },
        { request: ['latency: 250 ms'], unclear: [] },
      ),
      question(topologyArchitect, architect, topologyAnswer(architect)),
      ...(stores > 0
        ? [replicationQuestion({ request, topology, questions: replicationQuestions({ request, topology }) })]
        : []),
      question(regionalDeployer, rollout, rolloutAnswer(rollout)),
      question(validationAnalyst, validated, {
        cause: 'nothing',
        marginal: [],
        next: [],
        summary: `${validated.verdict}: as measured`,
      }),
    ],
    failing: question(failureAnalyst, failure, {
      cause: 'no capacity',
      kind: 'capacity',
      retry: true,
      steps: ['try again later'],
    }),
  };
}

/** Facts depend on nothing but the input: packed once, they serve thousands of runs. */
function question<Input, Answer extends Record<string, unknown>>(
  agent: Agent<Input, Answer, unknown>,
  input: Input,
  good: Answer | Record<string, unknown>,
): PreparedQuestion {
  const facts = agent.facts(input);
  return { agent: { ...agent, facts: () => facts }, input, good };
}

function architectInput(regions: number, stores: number, notes: string): ArchitectInput {
  const [store] = exampleRequest().dataStores;
  const [service] = exampleRequest().services;
  const names = Array.from({ length: stores }, (_, index) => `${'very-long-store-name'.slice(0, 3 + index)}-${index}`);
  const request = exampleRequest({
    notes: notes.slice(0, 2_000),
    regions: { wanted: REGION_IDS.slice(0, regions), max: 30 },
    dataStores: names.map((name) => ({ ...store, name, replication: 'asynchronous' })),
    services: [{ ...service, uses: names }],
    budget: { usdPerMonth: 500_000 },
    latency: { underMs: 2_000 },
  });
  return { request, advice: advise(request) };
}

function rolloutInput({ request, advice }: ArchitectInput, findings: number, words: string): RolloutInput {
  const [first] = advice.candidates;
  if (!first) throw new Error(`no candidate for ${request.regions.wanted.length} regions`);
  const primary = first.regions.find(({ role }) => role === 'primary')?.region ?? first.regions[0]?.region ?? '';
  const topology = { ...first, primary, diagram: '' };
  return {
    request,
    topology,
    rollout: designRollout({ request, topology }),
    changes: topology.regions.map(({ region }) => ({ region, create: 44, change: 0, replace: 0, isNew: true })),
    findings: Array.from(
      { length: findings },
      (_, n): Finding => ({ rule: `NS-${n % 37}`, severity: 'medium', where: 'x', message: words, fix: '' }),
    ),
  };
}

function topologyAnswer(input: ArchitectInput): Record<string, unknown> {
  const candidate = usableCandidates(input)[0] ?? input.advice.candidates[0];
  const { id: base, mode, routing } = candidate ?? { id: 'c1', mode: 'active-passive', routing: 'failover' };
  return { weigh: 'first of all', base, mode, groups: [], routing, edge: false, notes: [] };
}

function rolloutAnswer(input: RolloutInput): Record<string, unknown> {
  const { nameOf } = rolloutNames(input);
  const waves = input.rollout.waves.map(
    ({ regions, concurrency, bakeSeconds, approvalBefore }) =>
      `${regions.map(nameOf).join(' ')} | parallel ${concurrency} | bake ${bakeSeconds} | ${approvalBefore ? 'approve' : 'auto'}: in turn`,
  );
  return { weigh: 'as rules', waves, findings: [], migration: '', summary: 'as rules' };
}

function replicationQuestion(input: ReplicationInput): PreparedQuestion {
  const { nameOf } = storeNames(input);
  const picks = input.questions.map(({ store }) => `${nameOf(store)} 0: as rules`);
  return question(replicationEngineer, input, { weigh: 'as rules', picks, order: [], conflicts: '', proof: [] });
}
