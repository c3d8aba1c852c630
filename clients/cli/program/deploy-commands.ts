import { type Command, Option } from '@commander-js/extra-typings';
import type { CliActions } from './actions';
import { ATTEMPT, BY, DEPLOYMENT, JSON_FLAG, parseDigestPrefix, parseTargetArgument } from './arguments';

export function addDeployCommands(program: Command, actions: CliActions, user: string): void {
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
    .argument(...DEPLOYMENT)
    .option('--yes', 'do not ask')
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((target, options) => actions.retire(target, options));
}

function answerOption() {
  return new Option('--answer <key=value>', 'what a request in words leaves open; may be repeated')
    .default([] as string[], 'none')
    .argParser((value: string, answers: string[]) => [...answers, value]);
}

/** What is live, and what was left behind. */
export function addUpkeepCommands(program: Command, actions: CliActions, user: string): void {
  program
    .command('drift')
    .description('say what was changed by hand in what is live, and touch nothing')
    .argument(...DEPLOYMENT)
    .option('--exit-code', 'exit with 2 when something differs')
    .option(...JSON_FLAG)
    .action((target, options) => actions.drift(target, options));
  program
    .command('sweep')
    .description('destroy what belongs to no deployment any more')
    .argument(...DEPLOYMENT)
    .option('--dry-run', 'only say what would be destroyed')
    .option('--yes', 'do not ask')
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((target, options) => actions.sweep(target, options));
}

export function addDecisionCommands(program: Command, actions: CliActions, user: string): void {
  program
    .command('approve')
    .description('decide the approval that waits')
    .argument(...ATTEMPT)
    .option('--reject', 'say no')
    .option('--comment <text>', 'kept with the decision')
    .option('--digest <prefix>', 'the plan that was read: at least 8 characters of its digest', parseDigestPrefix)
    .addOption(new Option('--yes', 'approve whatever plan waits, without asking').conflicts('reject'))
    .option(...BY, user)
    .action((target, options) => actions.approve(target, options));
  program
    .command('abort')
    .description('stop an operation in order: a deployment, a switchover, a drill, …; what it did is undone')
    .argument(
      '<app/env[/number]>',
      'the deployment, for what is under way, or the number of an operation; its workflow id does as well',
      parseTargetArgument,
    )
    .option('--reason <text>', 'kept in the report', 'no reason given')
    .option(...BY, user)
    .action((target, options) => actions.abort(target, options));
}

export function addPauseCommands(program: Command, actions: CliActions, user: string): void {
  program
    .command('pause')
    .description('let a deployment begin nothing new; what is under way goes on')
    .argument(...ATTEMPT)
    .option('--reason <text>', 'shown to whoever looks at it', 'no reason given')
    .option(...BY, user)
    .action((target, options) => actions.pause(target, options));
  program
    .command('resume')
    .description('let a paused deployment go on')
    .argument(...ATTEMPT)
    .option(...BY, user)
    .action((target, options) => actions.resume(target, options));
}
