import type { AcknowledgeAlertInput, Alert, AlertBook, Notice, Severity } from '../../contracts/alert';

/** How long alerts of a kind are collected before people are told. Source: seed 003, "Alert Escalation". */
export const COLLECT_MS: Record<Severity, number> = { critical: 0, warning: 15 * 60_000, info: 60 * 60_000 };
/**
 * A critical alert that nobody acknowledges is told again after this, three times. Source: the period that seed 003 leaves
 * for a warning, as the longest for which something critical may lie; PagerDuty's default is 30 minutes.
 */
export const ESCALATE_MS = 15 * 60_000;
const ESCALATIONS = 3;
/** What is kept of the past, so that the book stays small however long a watch lives. */
const KEPT_CLOSED = 30;
const KEPT_NOTICES = 50;
const MOST_OPEN = 150;

export const EMPTY_BOOK: AlertBook = { alerts: [], notices: [], count: 0 };

/** One possible cause of an alert. Not firing means that it is seen to be over; of what is not seen there is no finding. */
export interface Finding {
  key: string;
  firing: boolean;
  severity: Severity;
  title: string;
  detail: string;
  region?: string;
  next?: string;
  /** something that happened, not something that lasts: told, and never open */
  event?: true;
}

/** The book after some findings: one open alert per cause, and the messages that are due now. */
export function withFindings(book: AlertBook, findings: readonly Finding[], nowMs: number): AlertBook {
  const at = new Date(nowMs).toISOString();
  const next = { ...book, alerts: [...book.alerts] };
  for (const finding of findings) applyFinding(next, finding, at);
  return trimmed(withNotices(next, nowMs));
}

function applyFinding(book: AlertBook, { firing, event, ...finding }: Finding, at: string): void {
  const index = book.alerts.findIndex(({ key, closedAt }) => key === finding.key && closedAt === undefined);
  const open = book.alerts[index];
  const words = { title: finding.title.slice(0, 200), detail: finding.detail.slice(0, 600) };
  if (open && firing) {
    // A cause may get worse, and is told as such; it never becomes less while it lasts.
    const severity = RANK[finding.severity] < RANK[open.severity] ? finding.severity : open.severity;
    const { toldAt, ...untold } = open;
    const worse = severity !== open.severity;
    book.alerts[index] = {
      ...(worse ? untold : open),
      ...words,
      severity,
      ...(finding.next && { next: finding.next }),
    };
  } else if (open) book.alerts[index] = { ...open, closedAt: at };
  else if (firing && openAlerts(book).length < MOST_OPEN) {
    book.count += 1;
    book.alerts.push({
      ...finding,
      ...words,
      id: `a${book.count}`,
      openedAt: at,
      escalations: 0,
      ...(event && { closedAt: at, recoveryToldAt: at }),
    });
  }
}

const RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

/** Open alerts, the gravest first, then the oldest. */
export function openAlerts({ alerts }: AlertBook): Alert[] {
  return alerts
    .filter(({ closedAt }) => closedAt === undefined)
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || a.openedAt.localeCompare(b.openedAt));
}

function withNotices(book: AlertBook, nowMs: number): AlertBook {
  let next = book;
  for (const severity of ['critical', 'warning', 'info'] as const) {
    next = tell(
      next,
      'opened',
      severity,
      nowMs,
      due(
        next.alerts.filter((one) => isUntold(one, severity)),
        severity,
        nowMs,
        ({ openedAt }) => openedAt,
      ),
    );
    next = tell(
      next,
      'recovered',
      severity,
      nowMs,
      due(
        next.alerts.filter((one) => hasRecovered(one, severity)),
        recoveryOf(severity),
        nowMs,
        ({ closedAt }) => closedAt ?? '',
      ),
    );
  }
  return tell(
    next,
    'escalated',
    'critical',
    nowMs,
    next.alerts.filter((one) => mustEscalate(one, nowMs)),
  );
}

/** What went away by itself before anybody was told of it, nobody is told; an event is over as it happens. */
function isUntold({ severity, toldAt, closedAt, recoveryToldAt }: Alert, wanted: Severity): boolean {
  return severity === wanted && toldAt === undefined && (closedAt === undefined || recoveryToldAt !== undefined);
}

function hasRecovered({ severity, toldAt, closedAt, recoveryToldAt }: Alert, wanted: Severity): boolean {
  return severity === wanted && toldAt !== undefined && closedAt !== undefined && recoveryToldAt === undefined;
}

/** Seed 003 tells recoveries as info, within the hour. Whoever was woken by a critical alert is told at once that it is over. */
function recoveryOf(severity: Severity): Severity {
  return severity === 'critical' ? 'critical' : 'info';
}

function mustEscalate(
  { severity, toldAt, closedAt, acknowledged, escalations, openedAt }: Alert,
  nowMs: number,
): boolean {
  if (severity !== 'critical' || !toldAt || closedAt || acknowledged || escalations >= ESCALATIONS) return false;
  return nowMs - Date.parse(openedAt) >= ESCALATE_MS * (escalations + 1);
}

/** All that wait, as soon as the oldest of them has waited for long enough. */
function due(waiting: Alert[], severity: Severity, nowMs: number, since: (alert: Alert) => string): Alert[] {
  const oldestMs = Math.min(...waiting.map((alert) => Date.parse(since(alert))));
  return nowMs - oldestMs >= COLLECT_MS[severity] ? waiting : [];
}

function tell(
  book: AlertBook,
  kind: Notice['kind'],
  severity: Severity,
  nowMs: number,
  told: readonly Alert[],
): AlertBook {
  if (told.length === 0) return book;
  const at = new Date(nowMs).toISOString();
  const ids = told.map(({ id }) => id);
  const mark = (alert: Alert): Alert => {
    if (!ids.includes(alert.id)) return alert;
    if (kind === 'opened') return { ...alert, toldAt: at };
    return kind === 'recovered' ? { ...alert, recoveryToldAt: at } : { ...alert, escalations: alert.escalations + 1 };
  };
  const count = book.count + 1;
  const notice: Notice = { id: `n${count}`, kind, severity, at, alerts: ids };
  return { alerts: book.alerts.map(mark), notices: [...book.notices, notice], count };
}

function trimmed({ alerts, notices, count }: AlertBook): AlertBook {
  const closed = alerts.filter(({ closedAt }) => closedAt !== undefined);
  const kept = new Set(closed.slice(-KEPT_CLOSED));
  return {
    alerts: alerts.filter((alert) => alert.closedAt === undefined || kept.has(alert)),
    notices: notices.slice(-KEPT_NOTICES),
    count,
  };
}

/** Why an alert cannot be acknowledged; undefined when it can. Saying it twice is no mistake. */
export function acknowledgeRefusal({ alerts }: AlertBook, { alertId }: AcknowledgeAlertInput): string | undefined {
  const alert = alerts.find(({ id }) => id === alertId);
  const open = openAlerts({ alerts, notices: [], count: 0 }).map(({ id }) => id);
  const valid = open.length > 0 ? `open are ${open.join(', ')}` : 'no alert is open';
  if (!alert) return `alert ${alertId} is not known here; ${valid}`;
  return alert.closedAt === undefined ? undefined : `alert ${alertId} closed at ${alert.closedAt}; ${valid}`;
}

/** The first who takes it has it; later ones change nothing. */
export function acknowledge(book: AlertBook, { alertId, by }: AcknowledgeAlertInput, nowMs: number): AlertBook {
  const acknowledged = { by, at: new Date(nowMs).toISOString() };
  return {
    ...book,
    alerts: book.alerts.map((alert) => (alert.id === alertId ? { acknowledged, ...alert } : alert)),
  };
}
