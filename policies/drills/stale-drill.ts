import type { DeploymentRecord } from '../../contracts/record';
import type { DeploymentRequest } from '../../contracts/request';
import { standbysOf } from '../standbys-of';

/** Seed 003, "Monthly Tests: Disaster Recovery Drill": a month, and four days to hold one that was missed. */
const MAX_AGE_DAYS = 35;
const DAY_MS = 86_400_000;

/**
 * Why a change of what is live in production has to wait for a drill; undefined when it need not. Only where drills can
 * be held: not on AWS, and not without a standby. A drill of a kind in which the primary was replaced counts.
 */
export function staleDrill(
  { live, drills, application, environment }: Pick<DeploymentRecord, 'live' | 'drills' | 'application' | 'environment'>,
  request: Pick<DeploymentRequest, 'environment' | 'platform' | 'recovery'>,
  nowMs: number,
): string | undefined {
  if (request.environment !== 'production' || request.platform === 'aws' || !live) return undefined;
  const stores = live.replication?.stores ?? [];
  if (!stores.some((store) => store.engine === 'postgresql' && standbysOf(store).length > 0)) return undefined;
  const days = request.recovery.drillMaxAgeDays ?? MAX_AGE_DAYS;
  const counts = drills.filter(({ passed, kind }) => passed && kind !== 'slow-link' && kind !== 'switchover');
  const last = counts.at(-1);
  if (last && nowMs - Date.parse(last.at) <= days * DAY_MS) return undefined;
  const found = last
    ? `the last failover drill that passed (${last.kind ?? 'region-loss'}) was on ${last.at.slice(0, 10)}`
    : 'no failover drill has passed';
  return `${found}, and production changes only within ${days} days of one: hold it ("meridian drill ${application}/${environment} region-loss"), or set recovery.drillMaxAgeDays in the request`;
}
