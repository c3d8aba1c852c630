import type { Backup, BackupChain, BackupRound } from '../../contracts/backup';
import { formatMs, formatTime } from '../format';
import type { Colors } from './terminal';

/** The backups of a deployment as a list per store: newest first, then the archived log, then what is wrong. */
export function renderBackups(name: string, round: BackupRound, nowMs: number, colors: Colors): string {
  if (round.chains.length === 0) return `nothing of ${name} is live that has backups\n`;
  const lines = round.chains.flatMap((chain) => [
    colors.bold(chain.store),
    ...chain.backups.map((backup) => `  ${backupLine(backup, nowMs, colors)}`),
    ...(chain.backups.length === 0 ? ['  no backup'] : []),
    ...(chain.archive ? [`  ${logLine(chain.archive)}`] : []),
  ]);
  const wrong = round.findings.map(({ severity, message }) =>
    severity === 'critical' ? colors.red(`critical: ${message}`) : colors.yellow(`warning: ${message}`),
  );
  return `${[...lines, ...(wrong.length > 0 ? ['', ...wrong] : [])].join('\n')}\n`;
}

function backupLine({ id, takenAt, from, keptIn, bytes, proof }: Backup, nowMs: number, colors: Colors): string {
  const age = `${formatMs(Math.max(0, nowMs - Date.parse(takenAt)))} ago`;
  const size = bytes === undefined ? '' : `, ${(bytes / 1e6).toFixed(0)} MB`;
  return `${id}  ${formatTime(takenAt)} (${age}), ${from} in ${keptIn}${size}, ${proofWords(proof, colors)}`;
}

function proofWords(proof: Backup['proof'], colors: Colors): string {
  if (!proof) return colors.yellow('unproven: never restored');
  if (proof.result !== 'matches') return colors.red(`${proof.result}: ${proof.detail}`);
  return colors.green(`proven: restored in ${formatMs(proof.restoreMs)}, ${proof.detail}`);
}

function logLine({ keptIn, through, waiting, lossMs }: NonNullable<BackupChain['archive']>): string {
  const end = through ? `up to ${through.position ?? 'no position told'} (${formatTime(through.at)})` : 'nothing yet';
  const queue = waiting ? `, ${waiting} segments wait` : '';
  const loss = lossMs === undefined ? '' : `; a loss of all databases now loses ${lossWords(lossMs)}`;
  return `log in ${keptIn}: archived ${end}${queue}${loss}`;
}

function lossWords(lossMs: number): string {
  return lossMs === 0 ? 'nothing that was committed' : `at most the last ${formatMs(lossMs)}`;
}
