import type { WatchDecision } from '../../contracts/health-matrix';
import type { EndedOperation } from '../../contracts/operation-report';
import type { Finding } from './alert-book';

/** What a decision tells people: what was asked is an event, what waits for a person an alert until its reason is over. */
export function decisionFinding({ kind, region, to, because, outcome, detail, id }: WatchDecision): Finding {
  const what = whatOf({ kind, region, to });
  const common = { region, detail: `${because}. ${detail}`, firing: true };
  if (outcome === 'asked')
    return {
      ...common,
      key: `done/${id}`,
      severity: kind === 'return' ? 'info' : 'warning',
      title: `asked for: ${what}`,
      event: true,
    };
  const severity = severityOf(kind);
  const next = outcome === 'proposed' ? detail : undefined;
  return { ...common, key: wantedKey({ kind, region }), severity, title: `${outcome}: ${what}`, ...(next && { next }) };
}

/** An operation that was asked for or proposed has ended without being done: its action waits for a person from now on. */
export function brokenOffFinding(
  { kind, region, to, because }: WatchDecision,
  { workflowId, outcome, summary }: EndedOperation,
  command: string,
): Finding {
  return {
    key: wantedKey({ kind, region }),
    firing: true,
    region,
    severity: severityOf(kind),
    title: `${outcome.replaceAll('-', ' ')}: ${whatOf({ kind, region, to })}`,
    detail: `${because}. ${workflowId}: ${summary}`,
    next: command,
  };
}

function whatOf({ kind, region, to }: Pick<WatchDecision, 'kind' | 'region' | 'to'>): string {
  return `${kind} ${region}${to === undefined ? '' : ` to ${to}`}`;
}

function severityOf(kind: WatchDecision['kind']): Finding['severity'] {
  return kind === 'fail-over' || kind === 'switch-over' ? 'critical' : 'warning';
}

/** The cause under which an action that waits for a person is told. */
export function wantedKey({ kind, region }: Pick<WatchDecision, 'kind' | 'region'>): string {
  return `wanted/${kind}/${region}`;
}

/** The reason of an action is over: nobody needs to do it any more. */
export function overFinding(key: string): Finding {
  return { key, firing: false, severity: 'warning', title: '', detail: 'its reason is over' };
}
