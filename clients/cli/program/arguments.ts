import { InvalidArgumentError } from '@commander-js/extra-typings';
import { z } from 'zod';
import { isLogPosition } from '../../../contracts/log-position';
import { regionIdSchema } from '../../../contracts/region';
import { riskRefusal } from '../../../policies/operations/risk-acceptance';
import { parseTarget, type Target } from '../target';

/** What arguments and options of several commands are called, and what is valid for each. */

export const BY = ['--by <name>', 'who does this, as reports and approvals show it'] as const;
export const JSON_FLAG = ['--json', 'print one JSON document on stdout'] as const;
const DATE_TIME = z.iso.datetime({ offset: true });
export const DEPLOYMENT = ['<app/env>', 'the deployment, for example orders/staging', parseKeyArgument] as const;
export const ATTEMPT = [
  '<app/env[/number]>',
  'the deployment, or one attempt of it; its workflow id does as well',
  parseTargetArgument,
] as const;

export function parseTargetArgument(text: string): Target {
  const target = parseTarget(text);
  if (!target)
    throw new InvalidArgumentError(
      'valid: APP/ENV or APP/ENV/NUMBER in lower case, or a workflow id such as deploy/orders/staging/3.',
    );
  return target;
}

export function parseKeyArgument(text: string): Target {
  const target = parseTargetArgument(text);
  if (target.generation !== undefined)
    throw new InvalidArgumentError('valid: application/environment in lower case, for example orders/staging.');
  return target;
}

export function parseRegion(text: string): string {
  if (regionIdSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('valid: a region id in lower case, for example eu-west-1.');
}

export function parseTime(text: string): string {
  const time = timeOf(text);
  if (time) return time;
  throw new InvalidArgumentError('valid: ISO 8601 with Z or an offset, for example 2026-12-01T10:00:00Z.');
}

/** Also `+30m` or `+2h`, from now. */
export function parseUntil(text: string): string {
  const until = fromNow(text) ?? timeOf(text);
  if (!until) throw new InvalidArgumentError('valid: from now such as +1h or +30m, or ISO 8601 with Z or an offset.');
  const refusal = riskRefusal(until, Date.now());
  if (refusal) throw new InvalidArgumentError(`${refusal}.`);
  return until;
}

function fromNow(text: string): string | undefined {
  const [, amount, unit] = /^\+(\d{1,4})([mh])$/.exec(text) ?? [];
  return amount && new Date(Date.now() + Number(amount) * (unit === 'h' ? 3_600_000 : 60_000)).toISOString();
}

/** A time without a zone would be one of whoever's machine this is. */
function timeOf(text: string): string | undefined {
  return DATE_TIME.safeParse(text).success ? new Date(text).toISOString() : undefined;
}

export function parsePosition(text: string): string {
  if (isLogPosition(text)) return text;
  throw new InvalidArgumentError('valid: a position of the log, for example 0/3000148.');
}

export function parseGeneration(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('valid: a whole number from 1.');
  return Number(text);
}

export function parseDigestPrefix(text: string): string {
  if (!/^[0-9a-f]{8,64}$/.test(text)) throw new InvalidArgumentError('valid: 8 to 64 of the digits 0-9a-f.');
  return text;
}

export function parseAccountNumber(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('valid: twelve digits, for example 123456789012.');
  return text;
}
