import { Argument, Command, Option } from '@commander-js/extra-typings';
import { EXIT_CODE_MEANINGS } from '../exit-codes';
import type { CliActions } from './actions';
import { ATTEMPT, JSON_FLAG, parseAccountNumber, parseGeneration, parseTargetArgument } from './arguments';
import { addDecisionCommands, addDeployCommands, addPauseCommands, addUpkeepCommands } from './deploy-commands';
import { addBackupCommands, addDrillCommands, addHealthCommands, addLiveCommands } from './live-commands';

/** The command table of `meridian`. Building it has no side effects and talks to nobody. */
export function buildProgram(actions: CliActions, user = 'unknown'): Command {
  const program = new Command('meridian')
    .description('Carries a deployment request to a multi-region deployment that is proven.')
    .addHelpText('after', exitCodeHelp())
    .showHelpAfterError('(meridian --help lists the commands, meridian COMMAND --help says how one is used)');
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

/** Every command of a program, those below others included. */
export function everyCommand(program: Command): Command[] {
  return [program, ...(program.commands as Command[]).flatMap(everyCommand)];
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

function addReadCommands(program: Command, actions: CliActions): void {
  program
    .command('status')
    .description('list deployments, or show one')
    .argument('[app/env[/number]]', ATTEMPT[1], parseTargetArgument)
    .option('--watch', 'follow it until it ends; the exit code is that of its verdict')
    .option(...JSON_FLAG)
    .action((target, options) => actions.status(target, options));
  program
    .command('report')
    .description('show the report of a deployment')
    .argument(...ATTEMPT)
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

function exitCodeHelp(): string {
  const rows = EXIT_CODE_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `\nExit codes:\n${rows.join('\n')}\n`;
}
