import { userInfo } from 'node:os';
import { CommanderError } from '@commander-js/extra-typings';
import { ClientProblem } from '../client-problem';
import { runAbort } from './commands/abort';
import { runAcknowledge, runAlerts } from './commands/alerts';
import { runApprove } from './commands/approve';
import { runBackups } from './commands/backups';
import { runDeploy } from './commands/deploy';
import { runDev } from './commands/dev';
import { runDrift } from './commands/drift';
import { runDrillSchedule, runDrills } from './commands/drills';
import { runFailovers } from './commands/failovers';
import { runHealth } from './commands/health';
import { runIamPolicy } from './commands/iam-policy';
import { runKeys } from './commands/keys';
import { runOperation } from './commands/operate';
import { runPause } from './commands/pause';
import { runPlan } from './commands/plan';
import { runReport } from './commands/report';
import { runResume } from './commands/resume';
import { runRetire } from './commands/retire';
import type * as SlackModule from './commands/slack';
import { runStatus } from './commands/status';
import { runSweep } from './commands/sweep';
import type * as WebhookModule from './commands/webhook';
import { EXIT, exitCodeOfProblem } from './exit-codes';
import type { CliActions } from './program/actions';
import { buildProgram, everyCommand } from './program/build-program';
import { renderError } from './render-problems';
import type { Terminal } from './terminal';

/**
 * Runs one command line (without `node meridian`) and returns its exit code. Never throws and never exits.
 * @param signal aborted on Ctrl-C: watching ends, what was started goes on
 */
export async function runCli(argv: string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = buildProgram(
    actionsOf(terminal, signal, (code) => {
      exitCode = code;
    }),
    userName(),
  );
  for (const command of everyCommand(program)) {
    command.exitOverride();
    command.configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === 'commander.excessArguments' && ['deploy', 'plan'].includes(argv[0] ?? ''))
        terminal.err(`put the sentence in quotes: npm run meridian -- ${argv[0]} "orders API for the EU"\n`);
      return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    }
    terminal.err(renderError(error, terminal.errColors));
    return error instanceof ClientProblem ? exitCodeOfProblem(error.code) : EXIT.failed;
  }
}

function actionsOf(terminal: Terminal, signal: AbortSignal, done: (exitCode: number) => void): CliActions {
  return {
    dev: async (options) => done(await runDev({ ...options, signal }, terminal)),
    iamPolicy: async (file, options) => done(await runIamPolicy({ file, ...options }, terminal)),
    plan: async (file, options) => done(await runPlan({ file, ...options, signal }, terminal)),
    deploy: async (file, options) => done(await runDeploy({ file, ...options, terminal, signal })),
    health: async (target, options) => done(await runHealth({ target, ...options }, terminal)),
    alerts: async (target, options) => done(await runAlerts({ target, ...options }, terminal)),
    acknowledge: async (target, alertId, options) =>
      done(await runAcknowledge({ target, alertId, ...options }, terminal)),
    status: async (target, options) => done(await runStatus({ target, ...options, signal }, terminal)),
    approve: async (target, options) => done(await runApprove({ target, ...options, signal }, terminal)),
    abort: async (target, options) => done(await runAbort({ target, ...options }, terminal)),
    pause: async (target, options) => done(await runPause({ target, ...options }, terminal)),
    resume: async (target, options) => done(await runResume({ target, ...options }, terminal)),
    drift: async (target, options) => done(await runDrift({ target, ...options }, terminal)),
    sweep: async (target, options) => done(await runSweep({ target, ...options, signal }, terminal)),
    operate: async (target, { ...asked }, { by, ...options }) =>
      done(await runOperation({ target, request: { ...asked, requester: by }, ...options, signal }, terminal)),
    drills: async (target, options) => done(await runDrills({ target, ...options }, terminal)),
    drillSchedule: async (target, options) => done(await runDrillSchedule({ target, ...options }, terminal)),
    backups: async (target, options) => done(await runBackups({ target, ...options, signal }, terminal)),
    failovers: async (target, options) => done(await runFailovers({ target, ...options }, terminal)),
    report: async (target, options) => done(await runReport({ target, ...options }, terminal)),
    retire: async (target, options) => done(await runRetire({ target, ...options, signal }, terminal)),
    keys: async (what, options) => done(await runKeys(what, options, terminal)),
    slack: async () => {
      // Loaded when asked for: Bolt and Fastify would cost every other command its start.
      const { runSlack }: typeof SlackModule = require('./commands/slack');
      done(await runSlack(signal, terminal));
    },
    webhook: async () => {
      const { runWebhook }: typeof WebhookModule = require('./commands/webhook');
      done(await runWebhook(signal, terminal));
    },
  };
}

/** A container may have no entry for its user; that is no reason to refuse. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
