import type { DeploymentPlan } from '../../contracts/plan';
import { REGION_HEADER } from '../../contracts/probe-contract';
import type { DeploymentRequest } from '../../contracts/request';
import type { StackKind } from '../../contracts/stack';
import { deploymentName } from '../../contracts/workflow-ids';
import { replicationInBrief } from '../../policies/replication-words';
import { standbysOf } from '../../policies/standbys-of';
import { logicalNames } from '../../skills/iac-template-generator/logical-names';
import { formatMs, shortDigest } from '../format';
import { isRunbookCommandAccepted, runbookCommands } from './runbook-commands';
import { fenceStep, promoteStep, repointStep, type StoreNames } from './runbook-database';
import {
  comeAgainStep,
  drainStep,
  movePlannedOnAwsStep,
  promoteRegionStep,
  rejoinStep,
  restoreStep,
  switchOverStep,
} from './runbook-operations';
import { healthCheckId, trafficStep } from './runbook-traffic';

export interface RunbookInput {
  request: DeploymentRequest;
  plan: DeploymentPlan;
  generation: number;
}

export interface Runbook {
  markdown: string;
  /** every `meridian …` command in it */
  commands: string[];
  /** the command line takes all of them; a runbook that names a command which does not exist is worse than none */
  accepted: boolean;
}

/** What people do to this deployment when it matters, with its own names in every command. Pure. */
export function renderRunbook(input: RunbookInput): Runbook {
  const markdown = `${numbered(sections(input).filter((section) => section !== undefined)).join('\n\n')}\n`;
  const commands = runbookCommands(markdown);
  return { markdown, commands, accepted: commands.every(isRunbookCommandAccepted) };
}

/** Steps are counted at the end: an application without databases has fewer. */
function numbered(texts: string[]): string[] {
  let step = 0;
  return texts.map((text) => {
    if (!text.startsWith('## ')) return text;
    step += 1;
    return text.replace('## ', `## ${step}. `);
  });
}

function sections(input: RunbookInput): Array<string | undefined> {
  const { request, plan, generation } = input;
  const { primary, regions } = plan.topology;
  const name = deploymentName(request);
  const successor = successorOf(plan);
  if (successor === undefined)
    return [
      title(input),
      facts(input),
      `There is one region, ${primary}: nothing can take over. Deploy again with \`meridian deploy request.yaml\`.`,
      keepsData(plan) ? restoreStep({ name, primary, successor: primary, platform: request.platform }) : undefined,
    ];
  const stores = storeNames(plan);
  const operated = { name, primary, successor, platform: request.platform };
  const isAws = request.platform === 'aws';
  const context = { primary, successor, regions: regions.map(({ region }) => region), stores, stack: stackNames(plan) };
  return [
    title(input),
    facts(input),
    before(name, generation),
    ...(keepsData(plan) ? [isAws ? movePlannedOnAwsStep(operated) : switchOverStep(operated)] : []),
    drainStep(operated),
    ...(keepsData(plan)
      ? [promoteRegionStep(operated), isAws ? comeAgainStep(operated) : rejoinStep(operated), restoreStep(operated)]
      : []),
    byHand(request, name, healthCheckId(context, primary)),
    stores.length > 0 ? fenceStep(context) : undefined,
    stores.length > 0 ? promoteStep(context, plan) : undefined,
    stores.length > 0 ? repointStep(context, request) : undefined,
    trafficStep(context, request.hostname),
    verifyStep(request, successor),
    afterwards(name, primary, successor, stores),
  ];
}

/** The order of the topology is the order of succession: the first after the primary whose copies may all be promoted takes over. */
function successorOf({ topology, replication }: DeploymentPlan): string | undefined {
  const others = topology.regions.map(({ region }) => region).filter((region) => region !== topology.primary);
  const mayTakeOver = (region: string) => replication.stores.every((store) => standbysOf(store).includes(region));
  return others.find(mayTakeOver);
}

function keepsData({ replication }: DeploymentPlan): boolean {
  return replication.stores.some(({ engine }) => engine === 'postgresql');
}

function storeNames({ replication }: DeploymentPlan): StoreNames[] {
  const names = replication.stores.map(({ store }) => store);
  const logical = logicalNames(names);
  return names.map((store) => ({ store, logicalName: logical(store) }));
}

function stackNames({
  stacks,
}: DeploymentPlan): (kind: StackKind, region?: string) => { region: string; name: string } {
  return (kind, region) => {
    const found = stacks.find(({ ref }) => ref.kind === kind && (region === undefined || ref.region === region));
    return { region: found?.ref.region ?? region ?? '', name: found?.ref.name ?? '' };
  };
}

function title({ request }: RunbookInput): string {
  return `# Runbook of ${request.application} in ${request.environment}

Operations by hand, from planned work to the loss of everything. Read each step before running it; nothing is promoted
before the old primary is proven unable to write.`;
}

function facts({ request, plan, generation }: RunbookInput): string {
  const { topology, replication } = plan;
  const rows: Array<[string, string]> = [
    ['Hostname', request.hostname],
    ['Platform, account', `${request.platform}, ${request.account}`],
    ['Generation, plan', `${generation}, ${shortDigest(plan.digest)}`],
    ['Primary', topology.primary],
    ['Regions, in order of succession', topology.regions.map(({ region, role }) => `${region} (${role})`).join(', ')],
    [
      'Data stores',
      replication.stores.map(({ store, mode }) => `${store} (${replicationInBrief(mode)})`).join(', ') || 'none',
    ],
    [
      'Targets',
      `back within ${formatMs(request.recovery.rtoSeconds * 1_000)}, at most ${formatMs(request.recovery.rpoSeconds * 1_000)} of writes lost`,
    ],
  ];
  return `| | |\n| --- | --- |\n${rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}`;
}

function before(name: string, generation: number): string {
  return `## See what is going on

\`\`\`
meridian status ${name}
meridian failovers ${name}
meridian report ${name} --generation ${generation}
\`\`\`

If a deployment is under way, stop it first; it must not undo what you do:

\`\`\`
meridian abort ${name} --reason "manual failover"
\`\`\``;
}

/** Meridian, its server or its workers are away: the steps that follow are the failover in the words of the provider. */
function byHand({ platform }: DeploymentRequest, name: string, primaryHealthCheck: string): string {
  const lab =
    platform === 'aws'
      ? ''
      : `\n\nThis deployment runs on the ${platform}: the commands are those of the same plan with \`platform: aws\`.`;
  return `## If Meridian cannot be reached: fail over by hand

The steps that follow need nothing but the provider. When Meridian is back, \`meridian failovers ${name}\` shows what its
record does not know yet.${lab}

"I cannot see it" is not "it is down". Ask the global health check of the primary, which looks from several places
(\`resource\` is defined below):

\`\`\`
aws route53 get-health-check-status --health-check-id "${primaryHealthCheck}"
\`\`\`

All AWS commands use this helper; it finds the id that CloudFormation gave a resource:

\`\`\`
resource() { # region stack logical-id
  aws cloudformation describe-stack-resource --region "$1" --stack-name "$2" --logical-resource-id "$3" \\
    --query StackResourceDetail.PhysicalResourceId --output text
}
\`\`\``;
}

function verifyStep({ hostname, services }: DeploymentRequest, successor: string): string {
  const path = services.find((service) => service.public)?.health.path ?? '/';
  return `## Verify

\`\`\`
curl --silent --show-error --include https://${hostname}${path}
\`\`\`

The answer is 200 and its header \`${REGION_HEADER}\` is \`${successor}\` (where the application sends that header).`;
}

function afterwards(name: string, primary: string, successor: string, stores: StoreNames[]): string {
  const data =
    stores.length === 0
      ? ''
      : `\n- The database in ${primary} is no standby: it has a history of its own. Keep it closed; replace it with a fresh replica of ${successor}.
- The templates of this generation still call ${primary} the primary. Do not apply them again; what would change is shown by \`meridian plan request.yaml\`.`;
  return `## Afterwards
${data}
- Keep \`meridian report ${name} --json\` with the notes of the incident.
- Restore redundancy before the next change: until then nothing can take over from ${successor}.`;
}
