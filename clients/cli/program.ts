import { Argument, Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { RecoveryTarget } from '../../contracts/backup';
import { drillKindSchema } from '../../contracts/drill';
import type { LiveOperationRequest } from '../../contracts/messages';
import { regionIdSchema } from '../../contracts/region';
import { riskRefusal } from '../../policies/operations/risk-acceptance';
import { OPERATIONS } from '../../policies/operations/transitions';
import { EXIT_CODE_MEANINGS } from './exit-codes';
import { parseTarget, type Target } from './target';

export interface DeployOptions {
  yes?: true;
  json?: true;
  by: string;
  detach?: true;
  revertDrift?: true;
  answer: string[];
  out?: string;
}

/** What each verb does; `program.ts` only knows how they are called. */
export interface CliActions {
  dev(options: { stop?: true; plant: string[] }): Promise<void>;
  iamPolicy(file: string, options: { account?: string; principal?: string; externalId?: string }): Promise<void>;
  plan(
    file: string,
    options: { json?: true; details?: true; detailedExitcode?: true; answer: string[]; by: string },
  ): Promise<void>;
  deploy(file: string, options: DeployOptions): Promise<void>;
  operate(
    target: Target,
    operation: Asked,
    options: { yes?: true; json?: true; detach?: true; by: string },
  ): Promise<void>;
  failovers(target: Target, options: { json?: true }): Promise<void>;
  drills(target: Target, options: { json?: true }): Promise<void>;
  drillSchedule(
    target: Target,
    options: { change?: 'pause' | 'resume' | 'remove'; json?: true; by: string },
  ): Promise<void>;
  backups(target: Target, options: { take?: true; json?: true; exitCode?: true }): Promise<void>;
  health(target: Target, options: { json?: true; start?: true; exitCode?: true }): Promise<void>;
  alerts(target: Target, options: { json?: true; all?: true }): Promise<void>;
  acknowledge(target: Target, alertId: string, options: { by: string }): Promise<void>;
  status(target: Target | undefined, options: { json?: true; watch?: true }): Promise<void>;
  approve(
    target: Target,
    options: { reject?: true; comment?: string; digest?: string; yes?: true; by: string },
  ): Promise<void>;
  abort(target: Target, options: { reason: string; by: string }): Promise<void>;
  pause(target: Target, options: { reason: string; by: string }): Promise<void>;
  resume(target: Target, options: { by: string }): Promise<void>;
  drift(target: Target, options: { json?: true; exitCode?: true }): Promise<void>;
  sweep(target: Target, options: { dryRun?: true; yes?: true; json?: true; by: string }): Promise<void>;
  report(target: Target, options: { generation?: number; json?: true; html?: string }): Promise<void>;
  retire(target: Target, options: { yes?: true; json?: true; by: string }): Promise<void>;
  keys(what: 'create' | 'show', options: { name?: string; gateway?: true }): Promise<void>;
  slack(): Promise<void>;
  webhook(): Promise<void>;
}

/** An operation on what is live, before it has a requester. */
type Asked = LiveOperationRequest extends infer One
  ? One extends unknown
    ? Omit<One, 'requester' | 'signature'>
    : never
  : never;

const BY = ['--by <name>', 'who does this, as reports and approvals show it'] as const;
const JSON_FLAG = ['--json', 'print one JSON document on stdout'] as const;

/** The command table of `meridian`. Building it has no side effects and talks to nobody. */
export function buildProgram(actions: CliActions, user = 'unknown'): Command {
  const program = new Command('meridian')
    .description('Carries a deployment request to a multi-region deployment that is proven.')
    .addHelpText('after', exitCodeHelp());
  addLocalCommands(program, actions);
  addDeployCommands(program, actions, user);
  addUpkeepCommands(program, actions, user);
  addLiveCommands(program, actions, user);
  addDrillCommands(program, actions, user);
  addBackupCommands(program, actions, user);
  addHealthCommands(program, actions, user);
  addDecisionCommands(program, actions, user);
  addPauseCommands(program, actions, user);
  addReadCommands(program, actions);
  addGatewayCommands(program, actions);
  addAccountCommands(program, actions);
  return program;
}

function addLocalCommands(program: Command, actions: CliActions): void {
  program
    .command('dev')
    .description('start server, lab and worker on this machine until Ctrl-C')
    .option('--stop', 'stop the environment that runs here')
    .addOption(
      new Option('--plant <fault>', 'let the lab misbehave: refuse-apply:REGION:STACK or pause-replay:REGION')
        .default([] as string[], 'none')
        .argParser((value: string, planted: string[]) => [...planted, value]),
    )
    .action((options) => actions.dev(options));
}

function answerOption() {
  return new Option('--answer <key=value>', 'what a request in words leaves open; may be repeated')
    .default([] as string[], 'none')
    .argParser((value: string, answers: string[]) => [...answers, value]);
}

function addDeployCommands(program: Command, actions: CliActions, user: string): void {
  program
    .command('plan')
    .description('show what a request would do, and do nothing')
    .argument('<request>', 'request file, YAML or JSON, or the request in words')
    .addOption(answerOption())
    .option('--details', 'list the resources of new stacks one by one')
    .option('--detailed-exitcode', 'exit with 2 when there is something to do, with 0 when there is nothing')
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((file, options) => actions.plan(file, options));
  program
    .command('deploy')
    .description('carry a request to its verdict')
    .argument('<request>', 'request file, YAML or JSON, or the request in words')
    .addOption(answerOption())
    .option('--out <file>', 'where a request in words is written; by default its application’s name')
    .option('--yes', 'approve the plan after showing it')
    // Nobody would be there to see the plan and approve it.
    .addOption(new Option('--detach', 'return when the deployment has its number').conflicts('yes'))
    .option('--revert-drift', 'also put back what was changed by hand')
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((file, options) => actions.deploy(file, options));
  program
    .command('retire')
    .description('destroy everything of a deployment')
    .argument('<app/env>', 'the deployment, for example orders/staging', parseKeyArgument)
    .option('--yes', 'do not ask')
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((target, options) => actions.retire(target, options));
}

/** What is live, and what was left behind. */
function addUpkeepCommands(program: Command, actions: CliActions, user: string): void {
  const deployment = ['<app/env>', 'the deployment, for example orders/staging'] as const;
  program
    .command('drift')
    .description('say what was changed by hand in what is live, and touch nothing')
    .argument(...deployment, parseKeyArgument)
    .option('--exit-code', 'exit with 2 when something differs')
    .option(...JSON_FLAG)
    .action((target, options) => actions.drift(target, options));
  program
    .command('sweep')
    .description('destroy what belongs to no deployment any more')
    .argument(...deployment, parseKeyArgument)
    .option('--dry-run', 'only say what would be destroyed')
    .option('--yes', 'do not ask')
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((target, options) => actions.sweep(target, options));
}

/** Operations on what is live; what each means, and when it is legal, is in the table of operations. */
function addLiveCommands(program: Command, actions: CliActions, user: string): void {
  const command = (kind: 'switchover' | 'drain' | 'undrain' | 'promote-region' | 'rejoin', region: string) =>
    program
      .command(kind)
      .description(OPERATIONS[kind].does)
      .argument('<app/env>', 'the deployment, for example orders/staging', parseKeyArgument)
      .argument('<region>', region, parseRegion)
      .option('--reason <text>', 'kept in the report')
      .option('--yes', 'do not ask')
      .option('--detach', 'return when the operation has its number')
      .option(...JSON_FLAG)
      .option(...BY, user);
  const because = (reason?: string) => (reason === undefined ? {} : { reason });
  command('switchover', 'the region that is to take the writes').action((target, region, { reason, ...options }) =>
    actions.operate(target, { kind: 'switchover', region, ...because(reason) }, options),
  );
  command('drain', 'the region that is to answer nobody').action((target, region, { reason, ...options }) =>
    actions.operate(target, { kind: 'drain', region, ...because(reason) }, options),
  );
  command('undrain', 'the region that is to answer again').action((target, region, { reason, ...options }) =>
    actions.operate(target, { kind: 'undrain', region, ...because(reason) }, options),
  );
  command('rejoin', 'the region that is to be a standby again').action((target, region, { reason, ...options }) =>
    actions.operate(target, { kind: 'rejoin', region, ...because(reason) }, options),
  );
  command('promote-region', 'the region that is to take the writes')
    .option('--accept-risk <why>', 'promote even if nobody can prove that the old primary has stopped; needs --until')
    .option(
      '--until <time>',
      'until when the risk is accepted: ISO 8601, or from now such as +1h; 24 hours at most',
      parseUntil,
    )
    .action((target, region, { reason, acceptRisk, until, ...options }) => {
      if ((acceptRisk === undefined) !== (until === undefined))
        throw new InvalidArgumentError(
          '--accept-risk and --until go together: who accepts a risk says why and until when.',
        );
      const accepted = acceptRisk !== undefined && until !== undefined && { reason: acceptRisk, until };
      const asked = { kind: 'promote-region' as const, region, ...because(reason) };
      return actions.operate(target, { ...asked, ...(accepted && { acceptRisk: accepted }) }, options);
    });
  program
    .command('failovers')
    .description('show what failed over, and who takes the writes by record and by what the platform says')
    .argument('<app/env>', 'the deployment, for example orders/staging', parseKeyArgument)
    .option('--record', OPERATIONS['record-failover'].does)
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((target, { record, ...options }) =>
      record ? actions.operate(target, { kind: 'record-failover' }, options) : actions.failovers(target, options),
    );
}

function addDrillCommands(program: Command, actions: CliActions, user: string): void {
  const deployment = ['<app/env>', 'the deployment, for example orders/staging'] as const;
  program
    .command('drill')
    .description(`${OPERATIONS.drill.does}, on what is live`)
    .argument(...deployment, parseKeyArgument)
    .addArgument(new Argument('<kind>', 'what happens to the primary region').choices(drillKindSchema.options))
    .option('--reason <text>', 'kept in the report')
    .option('--yes', 'do not ask')
    .option('--detach', 'return when the operation has its number')
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((target, drill, { reason, ...options }) =>
      actions.operate(target, { kind: 'drill', drill, ...(reason !== undefined && { reason }) }, options),
    );
  const drills = program
    .command('drills')
    .description('show the drills of what is live, their trend, and what is scheduled')
    .argument(...deployment, parseKeyArgument)
    .option(...JSON_FLAG)
    .action((target, options) => actions.drills(target, options));
  drills
    .command('schedule')
    .description('drill every day, week and month; see docs/drills.md')
    .argument(...deployment, parseKeyArgument)
    .addOption(new Option('--pause', 'hold none until they are resumed').conflicts(['resume', 'remove']))
    .addOption(new Option('--resume', 'hold them again').conflicts('remove'))
    .option('--remove', 'schedule none any more')
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((target, { pause, resume, remove, ...options }) => {
      const change = pause ? 'pause' : resume ? 'resume' : remove && 'remove';
      return actions.drillSchedule(target, { ...options, ...(change && { change }) });
    });
}

function addBackupCommands(program: Command, actions: CliActions, user: string): void {
  program
    .command('backups')
    .description('show the backups of what is live, what is wrong with them, and what a disaster now would lose')
    .argument('<app/env>', 'the deployment, for example orders/staging', parseKeyArgument)
    .option('--take', 'take a backup now, restore it beside the data, and compare')
    .option('--exit-code', 'exit with 2 when something is wrong')
    .option(...JSON_FLAG)
    .action((target, options) => actions.backups(target, options));
  program
    .command('restore')
    .description(OPERATIONS.restore.does)
    .argument('<app/env>', 'the deployment, for example orders/staging', parseKeyArgument)
    .argument('<region>', 'the region that is to take the writes, with the data of a backup', parseRegion)
    .option('--backup <id>', 'which backup; the newest that is proven by default')
    .option('--to-time <time>', 'up to when, ISO 8601; all that is archived by default', parseTime)
    .addOption(
      new Option('--to-position <lsn>', 'up to which position of the log, for example 0/3000148')
        .argParser(parsePosition)
        .conflicts('toTime'),
    )
    .option('--replace', 'also when databases live, to go back in time: what was written since is lost')
    .option('--reason <text>', 'kept in the report')
    .option('--yes', 'do not ask')
    .option('--detach', 'return when the operation has its number')
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((target, region, { backup, toTime, toPosition, replace, reason, ...options }) => {
      const until: RecoveryTarget = toTime
        ? { kind: 'time', at: toTime }
        : toPosition
          ? { kind: 'lsn', lsn: toPosition }
          : { kind: 'latest' };
      const given = { ...(backup && { backup }), ...(reason && { reason }), ...(replace && { replaceLiving: true }) };
      return actions.operate(target, { kind: 'restore', region, target: until, ...given }, options);
    });
}

function parsePosition(text: string): string {
  if (/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/i.test(text)) return text;
  throw new InvalidArgumentError('valid: a position of the log, for example 0/3000148.');
}

function parseRegion(text: string): string {
  if (regionIdSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('valid: a region id, for example eu-west-1.');
}

/** Also `+30m` or `+2h`, from now. */
function parseUntil(text: string): string {
  const [, amount, unit] = /^\+(\d{1,4})([mh])$/.exec(text) ?? [];
  const fromNowMs = Number(amount) * (unit === 'h' ? 3_600_000 : 60_000);
  const until = amount ? new Date(Date.now() + fromNowMs).toISOString() : parseTime(text);
  const refusal = riskRefusal(until, Date.now());
  if (refusal) throw new InvalidArgumentError(`${refusal}.`);
  return until;
}

function parseTime(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('valid: a time such as 2026-12-01T10:00:00Z.');
  return new Date(ms).toISOString();
}

/** What the watch over a live deployment knows. */
function addHealthCommands(program: Command, actions: CliActions, user: string): void {
  const deployment = ['<app/env>', 'the deployment, for example orders/staging'] as const;
  program
    .command('health')
    .description('show the health matrix of what is live')
    .argument(...deployment, parseKeyArgument)
    .option('--start', 'start the watch if it does not run')
    .option('--exit-code', 'exit with 2 when a region is yellow or red, with 1 when one cannot be seen')
    .option(...JSON_FLAG)
    .action((target, options) => actions.health(target, options));
  const alerts = program
    .command('alerts')
    .description('show the open alerts of what is live')
    .argument(...deployment, parseKeyArgument)
    .option('--all', 'also those that are over')
    .option(...JSON_FLAG)
    .action((target, options) => actions.alerts(target, options));
  alerts
    .command('ack')
    .description('say that somebody looks after an alert: it escalates no more')
    .argument(...deployment, parseKeyArgument)
    .argument('<alert>', 'its id, for example a3')
    .option(...BY, user)
    .action((target, alertId, options) => actions.acknowledge(target, alertId, options));
}

/** Every command of a program, those below others included. */
export function everyCommand(program: Command): Command[] {
  return [program, ...(program.commands as Command[]).flatMap(everyCommand)];
}

function addDecisionCommands(program: Command, actions: CliActions, user: string): void {
  program
    .command('approve')
    .description('decide the approval that waits')
    .argument(
      '<app/env[/generation]>',
      'the deployment, or one attempt of it; its workflow id does as well',
      parseTargetArgument,
    )
    .option('--reject', 'say no')
    .option('--comment <text>', 'kept with the decision')
    .option('--digest <prefix>', 'the plan that was read: at least 8 characters of its digest', parseDigestPrefix)
    .option('--yes', 'approve whatever plan waits, without asking')
    .option(...BY, user)
    .action((target, options) => actions.approve(target, options));
  program
    .command('abort')
    .description('stop an operation in order: a deployment, a switchover, a drill, …; what it did is undone')
    .argument(
      '<app/env[/generation]>',
      'the deployment, for what is under way, or the number of an operation; its workflow id does as well',
      parseTargetArgument,
    )
    .option('--reason <text>', 'kept in the report', 'no reason given')
    .option(...BY, user)
    .action((target, options) => actions.abort(target, options));
}

function addPauseCommands(program: Command, actions: CliActions, user: string): void {
  const attempt = [
    '<app/env[/generation]>',
    'the deployment, or one attempt of it; its workflow id does as well',
  ] as const;
  program
    .command('pause')
    .description('let a deployment begin nothing new; what is under way goes on')
    .argument(...attempt, parseTargetArgument)
    .option('--reason <text>', 'shown to whoever looks at it', 'no reason given')
    .option(...BY, user)
    .action((target, options) => actions.pause(target, options));
  program
    .command('resume')
    .description('let a paused deployment go on')
    .argument(...attempt, parseTargetArgument)
    .option(...BY, user)
    .action((target, options) => actions.resume(target, options));
}

function addReadCommands(program: Command, actions: CliActions): void {
  program
    .command('status')
    .description('list deployments, or show one')
    .argument('[app/env[/generation]]', 'the deployment, or one attempt of it', parseTargetArgument)
    .option('--watch', 'follow it until it ends; the exit code is that of its verdict')
    .option(...JSON_FLAG)
    .action((target, options) => actions.status(target, options));
  program
    .command('report')
    .description('show the report of a deployment')
    .argument('<app/env[/generation]>', 'the deployment, or one attempt of it', parseTargetArgument)
    .option('--generation <number>', 'which attempt; the newest by default', parseGeneration)
    .option('--html <path>', 'write the report as one HTML page')
    .option(...JSON_FLAG)
    .action((target, options) => actions.report(target, options));
}

function addGatewayCommands(program: Command, actions: CliActions): void {
  program
    .command('keys')
    .description('make a key to sign requests and approvals with, or show the public half of yours')
    .addArgument(new Argument('<what>').choices(['create', 'show'] as const))
    .option('--name <name>', 'whose key it is; of a gateway, what its names begin with, such as slack')
    .option('--gateway', 'for a program that signs for the people it has authenticated')
    .action((what, options) => actions.keys(what, options));
  program
    .command('slack')
    .description('let people deploy and approve from Slack, until Ctrl-C')
    .action(() => actions.slack());
  program
    .command('webhook')
    .description('tell other programs what happens, and take their signed decisions, until Ctrl-C')
    .action(() => actions.webhook());
}

function addAccountCommands(program: Command, actions: CliActions): void {
  program
    .command('iam-policy')
    .description('print what the role of a worker must be allowed in an AWS account, and who may assume it')
    .argument('<file>', 'request file, YAML or JSON')
    .option('--account <number>', 'number of the account: twelve digits', parseAccountNumber)
    .option('--principal <arn>', 'who assumes the role: the worker’s own role')
    .option('--external-id <id>', 'the external id that is configured beside the role')
    .action((file, options) => actions.iamPolicy(file, options));
}

function parseAccountNumber(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('valid: twelve digits, for example 123456789012.');
  return text;
}

function parseTargetArgument(text: string): Target {
  const target = parseTarget(text);
  if (!target)
    throw new InvalidArgumentError(
      'valid: APP/ENV, APP/ENV/GENERATION, or a workflow id such as deploy/orders/staging/3.',
    );
  return target;
}

function parseKeyArgument(text: string): Target {
  const target = parseTargetArgument(text);
  if (target.generation !== undefined)
    throw new InvalidArgumentError('valid: application/environment, for example orders/staging.');
  return target;
}

function parseGeneration(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('valid: a whole number from 1.');
  return Number(text);
}

function parseDigestPrefix(text: string): string {
  if (!/^[0-9a-f]{8,64}$/.test(text)) throw new InvalidArgumentError('valid: 8 to 64 of the digits 0-9a-f.');
  return text;
}

function exitCodeHelp(): string {
  const rows = EXIT_CODE_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `\nExit codes:\n${rows.join('\n')}\n`;
}
