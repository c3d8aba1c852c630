import { CommanderError } from '@commander-js/extra-typings';
import type { CliActions } from './program/actions';
import { buildProgram, everyCommand } from './program/build-program';

const NO_ACTION = async () => {};
const NO_ACTIONS: CliActions = {
  dev: NO_ACTION,
  iamPolicy: NO_ACTION,
  plan: NO_ACTION,
  deploy: NO_ACTION,
  operate: NO_ACTION,
  failovers: NO_ACTION,
  drills: NO_ACTION,
  drillSchedule: NO_ACTION,
  backups: NO_ACTION,
  health: NO_ACTION,
  alerts: NO_ACTION,
  acknowledge: NO_ACTION,
  status: NO_ACTION,
  approve: NO_ACTION,
  abort: NO_ACTION,
  pause: NO_ACTION,
  resume: NO_ACTION,
  drift: NO_ACTION,
  sweep: NO_ACTION,
  report: NO_ACTION,
  retire: NO_ACTION,
  keys: NO_ACTION,
  slack: NO_ACTION,
  webhook: NO_ACTION,
};

/**
 * Whether the command line takes these arguments (without the leading `meridian`): known command, known options, right
 * number of arguments, valid values. Nothing is run.
 */
export function cliAccepts(argv: string[]): boolean {
  if (argv.length === 0) return false;
  const program = buildProgram(NO_ACTIONS);
  for (const command of everyCommand(program)) {
    command.exitOverride();
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  }
  try {
    program.parse(argv, { from: 'user' });
    return true;
  } catch (error) {
    if (error instanceof CommanderError) return false;
    throw error;
  }
}
