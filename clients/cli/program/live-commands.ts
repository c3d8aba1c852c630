import { Argument, type Command, Option } from '@commander-js/extra-typings';
import type { RecoveryTarget } from '../../../contracts/backup';
import { drillKindSchema } from '../../../contracts/drill';
import type { OperationKind } from '../../../contracts/operation';
import { OPERATIONS } from '../../../policies/operations/transitions';
import type { CliActions } from './actions';
import { BY, DEPLOYMENT, JSON_FLAG, parsePosition, parseRegion, parseTime, parseUntil } from './arguments';

/** Operations on what is live; what each means, and when it is legal, is in the table of operations. */
export function addLiveCommands(program: Command, actions: CliActions, user: string): void {
  const command = (kind: 'switchover' | 'drain' | 'undrain' | 'promote-region' | 'rejoin', region: string) =>
    operation(program, kind, user).argument('<region>', region, parseRegion);
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
      'until when the risk is accepted, and no store is promoted any more: from now such as +1h, or ISO 8601 with Z or an offset; 24 hours at most',
      parseUntil,
    )
    .action((target, region, { reason, acceptRisk, until, ...options }, self) => {
      if ((acceptRisk === undefined) !== (until === undefined))
        self.error(
          `error: ${until === undefined ? '--until' : '--accept-risk'} is missing: who accepts a risk says why and until when, for example --accept-risk "the region is gone" --until +1h`,
        );
      const accepted = acceptRisk !== undefined && until !== undefined && { reason: acceptRisk, until };
      const asked = { kind: 'promote-region' as const, region, ...because(reason) };
      return actions.operate(target, { ...asked, ...(accepted && { acceptRisk: accepted }) }, options);
    });
  program
    .command('failovers')
    .description('show what failed over, and who takes the writes by record and by what the platform says')
    .argument(...DEPLOYMENT)
    .option('--record', OPERATIONS['record-failover'].does)
    .option(...JSON_FLAG)
    .option(...BY, user)
    .action((target, { record, ...options }) =>
      record ? actions.operate(target, { kind: 'record-failover' }, options) : actions.failovers(target, options),
    );
}

/** The command that asks for one of them: what all have in common. */
function operation(program: Command, kind: OperationKind, user: string) {
  return program
    .command(kind)
    .description(OPERATIONS[kind].does)
    .argument(...DEPLOYMENT)
    .option('--reason <text>', 'kept in the report')
    .option('--yes', 'do not ask')
    .option('--detach', 'return when the operation has its number')
    .option(...JSON_FLAG)
    .option(...BY, user);
}

export function addDrillCommands(program: Command, actions: CliActions, user: string): void {
  operation(program, 'drill', user)
    .description(`${OPERATIONS.drill.does}, on what is live`)
    .addArgument(new Argument('<kind>', 'what happens to the primary region').choices(drillKindSchema.options))
    .action((target, drill, { reason, ...options }) =>
      actions.operate(target, { kind: 'drill', drill, ...(reason !== undefined && { reason }) }, options),
    );
  const drills = program
    .command('drills')
    .description('show the drills of what is live, their trend, and what is scheduled')
    .argument(...DEPLOYMENT)
    .option(...JSON_FLAG)
    .action((target, options) => actions.drills(target, options));
  drills
    .command('schedule')
    .description(
      'drill by itself: database-loss daily, region-loss, partition and slow-link weekly, all six monthly, by night in UTC',
    )
    .argument(...DEPLOYMENT)
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

export function addBackupCommands(program: Command, actions: CliActions, user: string): void {
  program
    .command('backups')
    .description('show the backups of what is live, what is wrong with them, and what a disaster now would lose')
    .argument(...DEPLOYMENT)
    .option('--take', 'take a backup now, restore it beside the data, and compare')
    .option('--exit-code', 'exit with 2 when something is wrong')
    .option(...JSON_FLAG)
    .action((target, options) => actions.backups(target, options));
  operation(program, 'restore', user)
    .argument('<region>', 'the region that is to take the writes, with the data of a backup', parseRegion)
    .option(
      '--backup <id>',
      'which backup; by default the newest that was restored and compared, or the newest if none was',
    )
    .option('--to-time <time>', 'up to when, ISO 8601 with Z or an offset; all that is archived by default', parseTime)
    .addOption(
      new Option('--to-position <lsn>', 'up to which position of the log, for example 0/3000148')
        .argParser(parsePosition)
        .conflicts('toTime'),
    )
    .option('--replace', 'also when databases live, to go back in time: what was written since is lost')
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

/** What the watch over a live deployment knows. */
export function addHealthCommands(program: Command, actions: CliActions, user: string): void {
  program
    .command('health')
    .description('show the health matrix of what is live')
    .argument(...DEPLOYMENT)
    .option('--start', 'start the watch if it does not run')
    .option('--exit-code', 'exit with 2 when a region is yellow or red, with 1 when one cannot be seen')
    .option(...JSON_FLAG)
    .action((target, options) => actions.health(target, options));
  const alerts = program
    .command('alerts')
    .description('show the open alerts of what is live')
    .argument(...DEPLOYMENT)
    .option('--all', 'also those that are over')
    .option(...JSON_FLAG)
    .action((target, options) => actions.alerts(target, options));
  alerts
    .command('ack')
    .description('say that somebody looks after an alert: it escalates no more')
    .argument(...DEPLOYMENT)
    .argument('<alert>', 'its id, for example a3')
    .option(...BY, user)
    .action((target, alertId, options) => actions.acknowledge(target, alertId, options));
}
