import { createHash } from 'node:crypto';
import type { Alert, Notice } from '../../contracts/alert';
import type { Approval } from '../../contracts/approval';
import type { DeploymentReport } from '../../contracts/report';
import type { WatchListing } from '../alerts';
import type { OperationListing } from '../observe';
import type { EventType } from './webhook-config';

/** What endpoints are told. The id is the same whenever the same thing is told again. */
export interface WebhookEvent {
  id: string;
  type: EventType;
  /** ISO time of what happened */
  timestamp: string;
  data: Record<string, unknown>;
}

type Operation = Pick<OperationListing, 'workflowId' | 'runId' | 'application' | 'environment' | 'generation'>;

/** All that a receiver needs to show the approval and to send a decision back. */
export function approvalWaiting(operation: Operation, approval: Approval): WebhookEvent {
  const { id, gate, digest, summary, irreversible, requester, requestedAt, expiresAt } = approval;
  return event('approval.waiting', operation, `${id} ${digest}`, requestedAt, {
    approval: { id, gate, digest, summary, irreversible, requester, expiresAt },
  });
}

export function deploymentEnded(operation: Operation, report: DeploymentReport): WebhookEvent {
  const { verdict, summary, failure, endedAt, leftovers, undone } = report;
  return event('deployment.ended', operation, verdict, endedAt, { verdict, summary, failure, undone, leftovers });
}

/** Something that a person should look at: a deployment that undoes what it did, or that ended without a report. */
export function deploymentAlert(operation: Operation, reason: string, at: string): WebhookEvent {
  return event('deployment.alert', operation, reason, at, { reason });
}

/** A message about alerts of a live deployment, with all that they say now. The watch gives each message one id and time. */
export function healthAlert(
  { workflowId, application, environment }: WatchListing,
  { id, kind, severity, at }: Notice,
  alerts: readonly Alert[],
): WebhookEvent {
  const data = { workflowId, application, environment, notice: kind, severity, alerts };
  return { id: messageId(['health.alert', workflowId, id, at]), type: 'health.alert', timestamp: at, data };
}

function event(
  type: EventType,
  { workflowId, runId, application, environment, generation }: Operation,
  what: string,
  timestamp: string,
  data: Record<string, unknown>,
): WebhookEvent {
  const operation = { workflowId, application, environment, generation };
  return { id: messageId([type, workflowId, runId, what]), type, timestamp, data: { ...operation, ...data } };
}

/** The same for the same thing, whoever tells it again. */
function messageId(about: readonly string[]): string {
  return `msg_${createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 32)}`;
}
