import type { BackupRound } from '../../../contracts/backup';
import { deploymentName } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { readBackups, takeBackups } from '../../backups';
import { closeClient, connectClient, workflowUrl } from '../../connection';
import { awaitResult } from '../../watch-deployment';
import { EXIT, EXIT_SOMETHING_TO_DO } from '../exit-codes';
import { renderBackups } from '../render-backups';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

export interface BackupsCommandInput {
  target: Target;
  /** begin a round now and wait for it */
  take?: boolean;
  json?: boolean;
  /** exit with 2 when something is wrong with them */
  exitCode?: boolean;
  signal?: AbortSignal;
}

/** Shows the backups of what is live, what is wrong with them, and what a disaster now would lose. */
export async function runBackups(input: BackupsCommandInput, terminal: Terminal): Promise<number> {
  const { target, take, json, exitCode, signal } = input;
  const meridian = await connectClient(loadConfig());
  try {
    let round: BackupRound;
    if (take) {
      const { workflowId } = await takeBackups(meridian, target);
      terminal.err(`${workflowId} copies, restores and compares ${workflowUrl(meridian, workflowId) ?? ''}\n`);
      round = await awaitResult<BackupRound>(meridian, workflowId, signal);
    } else round = await readBackups(meridian, target);
    terminal.out(
      json
        ? `${JSON.stringify(round, undefined, 2)}\n`
        : renderBackups(deploymentName(target), round, Date.now(), terminal.outColors),
    );
    return exitCode && round.findings.length > 0 ? EXIT_SOMETHING_TO_DO : EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
