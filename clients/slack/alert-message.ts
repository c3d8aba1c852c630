import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { Alert, Notice, Severity } from '../../contracts/alert';
import { type DeploymentKey, deploymentName } from '../../contracts/workflow-ids';
import { formatTime } from '../format';
import { codeBlock, cut, escaped, person } from './slack-text';

/** Action id of the button that acknowledges. */
export const ACKNOWLEDGE_ACTION = 'meridian_acknowledge';

const SECTION_CHARACTERS = 2_900;
/** Slack refuses more than 25 elements in a block of actions; nobody reads that many. */
const SHOWN_ALERTS = 10;

const acknowledgeButtonSchema = z.object({ application: z.string(), environment: z.string(), alertId: z.string() });
/** All that a click needs. */
export type AcknowledgeButton = z.infer<typeof acknowledgeButtonSchema>;

/** Undefined for a value that none of our buttons carries. */
export function parseAcknowledgeButton(value: string | undefined): AcknowledgeButton | undefined {
  try {
    return acknowledgeButtonSchema.safeParse(JSON.parse(value ?? '')).data;
  } catch {
    return undefined;
  }
}

const MARK: Record<Severity, string> = {
  critical: ':rotating_light:',
  warning: ':warning:',
  info: ':information_source:',
};

/** One notice as one message: what it is about as it is now, and a button for each open alert that nobody looks after. */
export function alertMessage(
  key: DeploymentKey,
  { kind, severity, at }: Notice,
  alerts: readonly Alert[],
): { text: string; blocks: types.KnownBlock[] } {
  const name = deploymentName(key);
  const mark = kind === 'recovered' ? ':white_check_mark:' : MARK[severity];
  const head = { opened: severity, escalated: 'still critical, and nobody looks after it', recovered: 'over' }[kind];
  const shown = alerts.slice(0, SHOWN_ALERTS);
  const rest = alerts.length - shown.length;
  const open = shown.filter(({ closedAt, acknowledged }) => closedAt === undefined && !acknowledged);
  const text = `${mark} ${name}: ${head}, ${formatTime(at)}`;
  return {
    text: escaped(cut(`${name}: ${head}: ${alerts.map(({ title }) => title).join('; ')}`, 300)),
    blocks: [
      section(`${kind === 'escalated' ? '<!here> ' : ''}*${escaped(text)}*`),
      ...shown.map((alert) => section(alertText(alert))),
      ...(rest > 0 ? [section(escaped(`and ${rest} more: meridian alerts ${name}`))] : []),
      ...(kind === 'recovered' || open.length === 0
        ? []
        : [buttons({ application: key.application, environment: key.environment }, open)]),
    ],
  };
}

function alertText({ id, title, detail, closedAt, acknowledged, next }: Alert): string {
  const state = closedAt
    ? `over since ${formatTime(closedAt)}`
    : acknowledged
      ? `${person(acknowledged.by)} looks after it`
      : 'open';
  return [
    `${escaped(id)} *${escaped(title)}* (${state})`,
    escaped(cut(detail, 500)),
    ...(next && !closedAt ? [codeBlock([next], 300)] : []),
  ].join('\n');
}

function buttons(key: DeploymentKey, open: readonly Alert[]): types.KnownBlock {
  return {
    type: 'actions',
    elements: open.map(({ id }) => ({
      type: 'button',
      action_id: `${ACKNOWLEDGE_ACTION}:${id}`,
      text: { type: 'plain_text', text: `Acknowledge ${id}` },
      value: JSON.stringify({ ...key, alertId: id } satisfies AcknowledgeButton),
    })),
  };
}

function section(text: string): types.KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, SECTION_CHARACTERS) } };
}
