import { createHash } from 'node:crypto';
import type { Evidence } from '../../contracts/evidence';
import { TOKEN_LIMIT_TOTAL, TOKEN_LIMITS } from '../../contracts/ledger';
import { type DeploymentReport, deploymentReportSchema } from '../../contracts/report';
import { CHECKLIST_ITEMS, type ChecklistEntry } from '../../contracts/validation';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const artifact = (name: string) => ({ uri: `artifacts/${name}`, sha256: digest(name), bytes: 8_412 });
const stackRef = (region: string, kind: 'base' | 'connectivity' | 'data' | 'global') => ({
  account: 'default',
  region,
  kind,
  name: `orders-staging-${kind}`,
});
const REGIONS = ['eu-west-1', 'us-east-1', 'ap-southeast-1'];
const AT = '2026-11-21T08:01:12.000Z';
const evidence = (measured: string): Evidence => ({ source: 'lab', measured, at: AT, generation: 3 });

const cost = {
  usdPerMonth: 612.4,
  asOf: '2026-11',
  lines: REGIONS.flatMap((region) => [
    { region, item: 'Fargate tasks', quantity: '2 × 0.25 vCPU, 0.5 GB', usdPerMonth: 18.1, basis: 'verified' as const },
    { region, item: 'RDS PostgreSQL', quantity: '1 × db.t4g.small', usdPerMonth: 52.5, basis: 'verified' as const },
    { region, item: 'NAT gateways', quantity: '3', usdPerMonth: 98.5, basis: 'estimated' as const },
    { region, item: 'Load balancer', quantity: '1', usdPerMonth: 22.9, basis: 'estimated' as const },
  ]).concat([
    {
      region: 'global',
      item: 'Data between regions',
      quantity: '200 GB',
      usdPerMonth: 36.4,
      basis: 'estimated' as const,
    },
  ]),
};

const topology = {
  id: 'c1',
  mode: 'active-passive' as const,
  routing: 'failover' as const,
  regions: [
    {
      region: 'eu-west-1',
      role: 'primary' as const,
      jurisdiction: 'eu',
      zones: 3,
      usersPercent: 52,
      why: 'nearest to most users; EU residency keeps European users here',
    },
    {
      region: 'us-east-1',
      role: 'standby' as const,
      jurisdiction: 'us',
      zones: 3,
      usersPercent: 31,
      why: 'second largest population, lowest replication round trip from the primary',
    },
    {
      region: 'ap-southeast-1',
      role: 'standby' as const,
      jurisdiction: 'sg',
      zones: 3,
      usersPercent: 17,
      why: 'third continent, survives the loss of the Atlantic links',
    },
  ],
  latency: { percentile: 95, modelledMs: 118, withinSlaPercent: 96.2 },
  cost,
  survivesRegionLoss: true,
  violations: [],
  primary: 'eu-west-1',
  diagram: `flowchart LR
  users((users)) --> dns[orders.example.com]
  dns -->|primary| a
  dns -.->|standby| b
  dns -.->|standby| c
  subgraph eu-west-1
    a[orders-api] --> adb[(orders primary)]
  end
  subgraph us-east-1
    b[orders-api] --> bdb[(orders replica)]
  end
  subgraph ap-southeast-1
    c[orders-api] --> cdb[(orders replica)]
  end
  adb -.-> bdb
  adb -.-> cdb`,
};

const EVIDENCE: Array<[ChecklistEntry['status'], string | undefined]> = [
  ['passed', '3 of 3 regions, 6 of 6 tasks healthy'],
  ['passed', 'RTO 4.1 s against 60 s, 0 acknowledged writes lost'],
  ['passed', 'p95 between 9 and 243 ms at 10 of 10 locations, limit 250 ms'],
  ['passed', 'a row written in eu-west-1 was read in us-east-1 after 71 ms, in ap-southeast-1 after 176 ms'],
  ['passed', 'largest lag 176 ms, threshold 5,000 ms'],
  ['not-measured', undefined],
  ['passed', 'alarm region-unhealthy raised 2.1 s after the fault'],
  ['passed', 'runbook of 9 commands, each accepted by the command line'],
  ['modelled', '$612 a month against a budget of $900'],
  ['passed', 'TLS on every listener and replication connection; storage encryption in every template'],
];

const LATENCY: Array<[string, string, number]> = [
  ['new-york', 'eu-west-1', 84],
  ['san-francisco', 'eu-west-1', 146],
  ['sao-paulo', 'eu-west-1', 187],
  ['london', 'eu-west-1', 21],
  ['frankfurt', 'eu-west-1', 34],
  ['johannesburg', 'eu-west-1', 171],
  ['mumbai', 'eu-west-1', 131],
  ['singapore', 'eu-west-1', 182],
  ['tokyo', 'eu-west-1', 214],
  ['sydney', 'eu-west-1', 243],
];

/** A report as a successful three-region deployment gives it, checked against the contract. */
export const sampleReport: DeploymentReport = deploymentReportSchema.parse({
  schema: 'meridian.report/1',
  verdict: 'promoted',
  summary:
    'orders runs in 3 regions with eu-west-1 as primary; production traffic was switched on after 9 of 10 checks had evidence.',
  generation: 3,
  request: {
    application: 'orders',
    environment: 'staging',
    platform: 'lab',
    hostname: 'orders.example.com',
    users: [
      { area: 'europe', share: 52 },
      { area: 'north-america', share: 31 },
      { area: 'south-east-asia', share: 17 },
    ],
    latency: { percentile: 95, underMs: 250 },
    compliance: { frameworks: ['gdpr'], residency: ['eu'] },
    budget: { usdPerMonth: 900 },
    recovery: { rtoSeconds: 60, rpoSeconds: 300 },
    services: [{ name: 'orders-api', image: 'registry.example.com/orders-api:1.4.2', uses: ['orders'] }],
    dataStores: [{ name: 'orders', engine: 'postgresql', replication: 'asynchronous', personalData: true }],
  },
  topology,
  steps: [
    { step: 'topology', status: 'passed', summary: '5 candidates ranked, c1 chosen', ms: 1_900 },
    { step: 'regions', status: 'passed', summary: 'canary ap-southeast-1 baked 5 s; 3 regions applied', ms: 21_400 },
    { step: 'replication', status: 'passed', summary: '2 replicas streaming, contents equal', ms: 9_700 },
    { step: 'validation', status: 'passed', summary: '10 locations measured, region loss drilled', ms: 27_300 },
  ],
  decisions: [
    {
      step: 'topology',
      about: 'topology',
      decidedBy: 'model',
      model: 'claude-sonnet-5-5',
      choice: 'c1',
      reason: 'cheapest candidate that survives a region loss and keeps EU users in the EU',
      alternatives: ['c2: active-active, $1,180 a month', 'c3: two regions only'],
    },
    {
      step: 'regions',
      about: 'rollout',
      decidedBy: 'rules',
      choice: 'canary ap-southeast-1, then one region at a time',
      reason: 'stateful application: regions go one by one',
      alternatives: ['all in parallel'],
    },
    {
      step: 'replication',
      about: 'orders',
      decidedBy: 'rules',
      choice: 'asynchronous',
      reason: 'the request asks for it; the drill must prove the RPO',
      alternatives: ['synchronous, +72 ms per write'],
    },
  ],
  ledger: {
    limit: TOKEN_LIMIT_TOTAL,
    used: 1_712,
    usd: 0.0093,
    accounts: (Object.keys(TOKEN_LIMITS) as Array<keyof typeof TOKEN_LIMITS>).map((account) => ({
      account,
      limit: TOKEN_LIMITS[account],
      used: account === 'topology' ? 1_712 : 0,
    })),
    entries: [
      {
        account: 'topology',
        agent: 'topology architect',
        purpose: 'answer',
        model: 'claude-sonnet-5-5',
        rung: '3 of 3 regions, 6 of 6 candidates',
        estimatedInput: 1_380,
        maxTokens: 420,
        outcome: 'answered',
        inputTokens: 1_351,
        outputTokens: 361,
        usd: 0.0093,
        detail: 'end_turn',
      },
    ],
    calibration: [],
    alarms: [],
  },
  plan: {
    digest: digest('plan'),
    topology,
    rollout: {
      canary: 'ap-southeast-1',
      waves: REGIONS.map((region) => ({ regions: [region], concurrency: 1, bakeSeconds: 5, approvalBefore: false })),
      failureTolerance: 0,
      onFailure: 'keep-dark',
      reason: 'stateful: one region after the other',
      migration: ['expand: add columns', 'contract: drop the old ones'],
    },
    replication: {
      stores: [
        {
          store: 'orders',
          engine: 'postgresql',
          mode: { kind: 'asynchronous', boundedRpoSeconds: 300 },
          primary: 'eu-west-1',
          replicas: ['us-east-1', 'ap-southeast-1'],
          lagThresholdMs: 5_000,
          conflicts: 'one writer, no conflicts',
          consistencyChecks: ['row count and digest per region'],
          capability: 'RDS PostgreSQL cross-region read replica: asynchronous',
        },
      ],
      order: ['eu-west-1/orders', 'us-east-1/orders'],
    },
    stacks: [
      ...REGIONS.flatMap((region) => [stackRef(region, 'base'), stackRef(region, 'data')]),
      stackRef('us-east-1', 'global'),
    ].map((ref) => ({
      ref,
      template: artifact(`${ref.region}-${ref.kind}.json`),
      parameters: {},
      resources: 31,
      resourceTypes: { 'AWS::EC2::VPC': 1 },
      digest: digest(`${ref.region}/${ref.kind}`),
    })),
    changes: [
      ...REGIONS.flatMap((region) => [
        {
          ref: stackRef(region, 'base'),
          changes: [
            { action: 'create', resource: 'Network', type: 'AWS::EC2::VPC' },
            { action: 'create', resource: 'LoadBalancer', type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' },
            { action: 'create', resource: 'OrdersApi', type: 'AWS::ECS::Service' },
          ],
        },
        {
          ref: stackRef(region, 'data'),
          changes: [{ action: 'create', resource: 'Orders', type: 'AWS::RDS::DBInstance' }],
        },
      ]),
      {
        ref: stackRef('us-east-1', 'global'),
        changes: [{ action: 'create', resource: 'OrdersRecord', type: 'AWS::Route53::RecordSet' }],
      },
    ].map((stack) => ({ ...stack, before: 'absent', broadening: [] })),
    removals: [],
    specs: artifact('specs.json'),
    findings: [
      {
        rule: 'alb-access-logs',
        severity: 'low',
        where: 'eu-west-1/base/LoadBalancer',
        message: 'access logs are off',
        fix: 'set access_logs.s3.enabled',
      },
    ],
    inverse: [
      'us-east-1/global: delete',
      'ap-southeast-1/data: delete',
      'us-east-1/data: delete',
      'eu-west-1/data: delete',
    ],
    irreversible: ['promotion of a replica cannot be taken back: the old primary rejoins as a fresh standby'],
    documents: [],
  },
  approvals: [
    {
      id: 'a1',
      gate: 'plan',
      digest: digest('plan'),
      summary: '3 regions, 7 stacks',
      irreversible: [],
      requester: 'ci',
      requestedAt: AT,
      expiresAt: AT,
      state: 'approved',
      decidedBy: 'mira',
      decidedAt: AT,
      comment: 'looks right',
      verified: false,
    },
  ],
  checklist: CHECKLIST_ITEMS.map((item, index) => {
    const [status, measured] = EVIDENCE[index]!;
    return { item, status, source: measured && 'lab', evidence: measured ? [evidence(measured)] : [] };
  }),
  health: REGIONS.map((region) => ({
    region,
    service: 'orders-api',
    healthy: true,
    tasksHealthy: 2,
    tasksWanted: 2,
    detail: '200 on /health/ready',
  })),
  drill: {
    class: 'region-loss',
    region: 'eu-west-1',
    promoted: 'us-east-1',
    rtoMs: 4_120,
    rtoTargetMs: 60_000,
    phases: [
      { phase: 'detect', ms: 2_080 },
      { phase: 'decide', ms: 210 },
      { phase: 'fence', ms: 640 },
      { phase: 'promote', ms: 480 },
      { phase: 'shift', ms: 390 },
      { phase: 'verify', ms: 320 },
    ],
    firstWriteMs: 4_120,
    protectedAgainMs: 11_300,
    acknowledgedWrites: 412,
    acknowledgedWritesLost: 0,
    rpoMs: 0,
    rpoTargetMs: 300_000,
    reportedLagMs: 72,
    fence: {
      kind: 'processes-gone',
      region: 'eu-west-1',
      epoch: 2,
      at: AT,
      detail: '9 processes of the group are gone',
    },
    passed: true,
    why: 'Recovered in 4.1 s of 60 s allowed; every acknowledged write is in the new primary.',
  },
  latency: LATENCY.map(([location, servedBy, p95]) => ({
    location,
    servedBy,
    samples: 40,
    p50Ms: p95 * 0.9,
    p95Ms: p95,
    slaPercentileMs: p95,
    withinSla: p95 < 250,
    source: 'lab',
  })),
  load: { seconds: 10, requestsPerSecond: 50, requests: 500, failed: 0, p95Ms: 31 },
  modelled: ['RDS cross-region replica promotion takes 60 to 300 s on AWS (capability table)'],
  cost,
  undone: [],
  leftovers: [],
  timing: { wallMs: 63_200, criticalPathMs: 60_100, orchestrationMs: 3_100 },
  documents: [{ name: 'runbook.md', artifact: artifact('runbook.md') }],
  workflow: { id: 'deploy/orders/staging/3', runId: '0199aa02-1b7e-7d3c-9c33-8e6f4f5f3f5e' },
  startedAt: '2026-11-21T08:00:31.000Z',
  endedAt: '2026-11-21T08:01:34.000Z',
});

/** The same request when the canary would not come up: rolled back, something is left. */
export const failedReport: DeploymentReport = deploymentReportSchema.parse({
  ...sampleReport,
  verdict: 'rolled-back',
  summary: 'ap-southeast-1 did not come up; what was made there is gone.',
  failure: {
    step: 'regions',
    type: 'Platform.StackFailed',
    region: 'ap-southeast-1',
    resource: 'OrdersApi',
    message: 'ECS service did not stabilize: task failed ELB health checks <unhealthy>',
    next: ['fix the image, then run meridian deploy again'],
  },
  undone: ['ap-southeast-1/base: deleted'],
  leftovers: [{ ref: stackRef('eu-west-1', 'base'), why: 'kept dark for debugging until 2026-11-22' }],
  steps: sampleReport.steps.map((step, index) => ({
    ...step,
    status: index === 0 ? 'passed' : index === 1 ? 'failed' : 'skipped',
  })),
  checklist: [],
  health: [],
  latency: [],
  drill: undefined,
  load: undefined,
  modelled: [],
  documents: [],
});

/** The failed one, explained by a model that was told to ring everybody's bell. */
export const analysedReport: DeploymentReport = deploymentReportSchema.parse({
  ...failedReport,
  failure: {
    ...failedReport.failure,
    analysis: {
      decidedBy: 'model',
      model: 'claude-sonnet-5-5',
      cause: 'the image answers <!channel> 500 on its health check',
      kind: 'configuration',
      retry: false,
      steps: ['look at the logs of OrdersApi in singapore'],
    },
  },
});
