import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { failureAnalyst } from '../../agents/failure-analyst/failure-analyst';
import type { FailureCase } from '../../agents/failure-analyst/failure-case';
import { intake } from '../../agents/intake/intake';
import type { Agent } from '../../agents/loop/agent';
import type { Call } from '../../agents/loop/exchange';
import { firstCall } from '../../agents/loop/first-call';
import { openLedger } from '../../agents/loop/token-ledger';
import { regionalDeployer } from '../../agents/regional-deployer/regional-deployer';
import type { RolloutInput } from '../../agents/regional-deployer/rollout-choice';
import type { ReplicationInput } from '../../agents/replication-engineer/replication-choice';
import { replicationEngineer } from '../../agents/replication-engineer/replication-engineer';
import { topologyArchitect } from '../../agents/topology-architect/topology-architect';
import type { ArchitectInput } from '../../agents/topology-architect/topology-choice';
import { validationAnalyst } from '../../agents/validation-analyst/validation-analyst';
import type { ValidationFindings } from '../../agents/validation-analyst/validation-findings';
import { REGION_IDS } from '../../catalog/regions';
import { type DeploymentRequest, deploymentRequestSchema } from '../../contracts/request';
import { CHECKLIST_ITEMS } from '../../contracts/validation';
import { packageRoot } from '../../dev/package-root';
import { replicationQuestions } from '../../skills/database-optimization-analyzer/skill';
import { designRollout } from '../../skills/deployment-strategy-designer/skill';
import { advise } from '../../skills/multicloud-strategy-advisor/skill';

/** One prompt as an agent really builds it on an empty ledger, with the estimate that it was reserved by. */
export interface Fixture {
  name: string;
  call: Pick<Call, 'system' | 'user' | 'schemaId' | 'estimatedTokens'>;
}

/** Signs that cost the most tokens for their length, as far as a request may hold them. */
const HOSTILE = `${'🔥'.repeat(60)} ${'ЖЩЫ '.repeat(100)} ${'ZQX9#'.repeat(120)} ${'"\\u0000"'.repeat(60)}`;
const MOST_REGIONS = 30;
const MOST_STORES = 20;

/** The example requests, and one that is as large and as strange as a request may be. */
function requests(): Array<[string, DeploymentRequest]> {
  const example = (file: string) => parse(readFileSync(join(packageRoot, 'examples', file), 'utf8'));
  const three = example('three-regions.yaml');
  const [store] = three.dataStores;
  const worst = {
    ...three,
    notes: [...HOSTILE].slice(0, 1_000).join(''),
    regions: { wanted: REGION_IDS.slice(0, MOST_REGIONS), max: MOST_REGIONS },
    budget: { usdPerMonth: 900_000 },
    dataStores: Array.from({ length: MOST_STORES }, (_, index) => ({ ...store, name: `store-xq${index}` })),
  };
  const all = { 'three regions': three, 'failover pair': example('failover-pair.yaml'), 'worst case': worst };
  return Object.entries(all).map(([name, request]) => [name, deploymentRequestSchema.parse(request)]);
}

function planned(request: DeploymentRequest): { rollout: RolloutInput; replication: ReplicationInput } {
  const [first] = advise(request).candidates;
  if (!first) throw new Error(`no candidate for ${request.application}`);
  const primary = first.regions.find(({ role }) => role === 'primary')?.region ?? first.regions[0]?.region ?? '';
  const topology = { ...first, primary, diagram: '' };
  const changes = topology.regions.map(({ region }) => ({ region, create: 30, change: 0, replace: 0, isNew: true }));
  return {
    rollout: { request, topology, rollout: designRollout({ request, topology }), changes, findings: [] },
    replication: { request, topology, questions: replicationQuestions({ request, topology }) },
  };
}

const findings = (regions: string[]): ValidationFindings => ({
  sla: { percentile: 95, underMs: 100, of: 'read' },
  recovery: { rtoSeconds: 20, rpoSeconds: 60 },
  regions,
  verdict: 'blocked',
  blockers: regions.map((region) => `p95 from ${region} is 143 ms, allowed are 100`),
  health: regions.map((region) => {
    return { region, service: 'api', healthy: false, tasksHealthy: 0, tasksWanted: 2, detail: HOSTILE.slice(0, 200) };
  }),
  latency: [],
  checklist: CHECKLIST_ITEMS.map((item) => ({ item, status: 'failed', evidence: [] })),
  lag: regions.map((region) => ({ region, store: 'orders', lagMs: 31_072, thresholdMs: 30_000 })),
});

const failure = (message: string): FailureCase => ({
  failure: { step: 'regions', type: 'Platform.StackFailed', region: 'eu-west-1', resource: 'OrdersDb', message },
  isChange: false,
  mode: 'active-passive',
  regions: [
    { region: 'us-east-1', role: 'primary' },
    { region: 'eu-west-1', role: 'standby' },
  ],
  events: ['applying: base stack', message],
  undone: ['eu-west-1/base: deleted'],
  leftovers: [],
  next: ['remove the cause in eu-west-1, then deploy again'],
});

const SENTENCE = 'orders API for EU and US users, p95 under 80 ms, GDPR, 1500 dollars a month';
const AWS_MESSAGE =
  'OrdersDb (AWS::RDS::DBInstance): "db.r6g.xlarge is not available in the selected zones: eu-west-1c (Status Code: 400)"';

/** The prompts of every agent; a new agent joins with one line. */
export function calibrationFixtures(): Fixture[] {
  const all = requests();
  const plans = all.map(([name, request]) => [name, planned(request)] as const);
  return [
    ...fixtures(intake, [
      ['a sentence', { sentence: SENTENCE }],
      ['worst case', { sentence: [...HOSTILE].slice(0, 1_000).join('') }],
    ]),
    ...fixtures(
      topologyArchitect,
      all.map(([name, request]): [string, ArchitectInput] => [name, { request, advice: advise(request) }]),
    ),
    ...fixtures(
      regionalDeployer,
      plans.map(([name, { rollout }]) => [name, rollout]),
    ),
    ...fixtures(
      replicationEngineer,
      plans.map(([name, { replication }]) => [name, replication]),
    ),
    ...fixtures(validationAnalyst, [
      ['three regions', findings(['us-east-1', 'eu-west-1', 'ap-southeast-1'])],
      ['worst case', findings(REGION_IDS.slice(0, MOST_REGIONS))],
    ]),
    ...fixtures(failureAnalyst, [
      ['a stack that failed', failure(AWS_MESSAGE)],
      ['worst case', failure(HOSTILE)],
    ]),
  ];
}

function fixtures<Input, Answer extends Record<string, unknown>, Choice>(
  agent: Agent<Input, Answer, Choice>,
  inputs: ReadonlyArray<readonly [string, Input]>,
): Fixture[] {
  return inputs.map(([name, input]) => {
    const call = firstCall(agent, input, openLedger(), 'any');
    return { name: `${agent.name}, ${name}`, call };
  });
}
