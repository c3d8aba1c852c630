import { openAlerts } from '../../../policies/health/alert-book';
import { loadConfig } from '../../../temporal.config';
import { acknowledgeAlert, readAlerts } from '../../alerts';
import { closeClient, connectClient } from '../../connection';
import { EXIT } from '../exit-codes';
import { renderAlerts } from '../render-health';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

/** Lists the alerts of a live deployment: the open ones, or with `all` also those that are over. */
export async function runAlerts(
  { target, json, all }: { target: Target; json?: boolean; all?: boolean },
  terminal: Terminal,
): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    const book = await readAlerts(meridian, target);
    const open = openAlerts(book);
    const shown = all ? [...open, ...book.alerts.filter(({ closedAt }) => closedAt !== undefined).reverse()] : open;
    terminal.out(json ? `${JSON.stringify(shown, undefined, 2)}\n` : renderAlerts(shown, terminal.outColors));
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}

/** Says that somebody looks after an alert. */
export async function runAcknowledge(
  { target, alertId, by }: { target: Target; alertId: string; by: string },
  terminal: Terminal,
): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    const alert = await acknowledgeAlert(meridian, target, { alertId, by });
    const { by: who = by } = alert.acknowledged ?? {};
    terminal.err(`${alertId} is acknowledged by ${who}\n`);
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
