import type { Trigger } from '../../contracts/health-matrix';
import type { Finding } from './alert-book';
import { latencyState } from './latency-baseline';
import { commandOf } from './operation-of';
import { numbersOf } from './ranks';
import type { RegionWindow } from './region-window';
import { LAG_LIMIT_MS } from './scores';
import { upkeepFindings } from './upkeep-findings';
import type { WatchFacts } from './watch-facts';

/** So many checks in a row without a picture of a region are worth a word. As many as it takes to call it down. */
const BLIND_CHECKS = 3;
/** A move of the writes takes a minute or two, a promotion of RDS ten. */
const UNFINISHED_AFTER_MS = 15 * 60_000;

/**
 * Seed 003's alerts, as far as this watch can tell whether their causes hold. Critical: primary down, replication broken,
 * emergency SLA, compliance, and a move of the writes that broke off. Warning: a region degraded, lag over five minutes,
 * latency over 150 %, a region that cannot be seen. A cause of which nothing is seen now yields no finding: its alert
 * stays as it is.
 */
export function findingsOf(facts: WatchFacts, triggers: readonly Trigger[]): Finding[] {
  return [
    ...facts.windows.flatMap((window) => [
      ...downFinding(window, facts, triggers),
      ...degradedFinding(window, triggers),
      ...blindFinding(window),
      ...latencyFindings(window, facts),
      ...complianceFinding(window, facts, triggers),
      ...lagFindings(window, facts),
    ]),
    ...brokenReplication(facts),
    unfinishedMoveFinding(facts),
    ...facts.deployment.order.map((region) => fencedFinding(region, facts)),
    ...upkeepFindings(facts),
  ];
}

/** Writes or traffic may be where nobody wants them, and everything but the end of the move is refused. */
function unfinishedMoveFinding({ key, deployment: { moving, primary }, nowMs }: WatchFacts): Finding {
  return {
    key: 'moving',
    firing: moving !== undefined && nowMs - Date.parse(moving.since) > UNFINISHED_AFTER_MS,
    severity: 'critical',
    title: moving ? `the move of the writes to ${moving.to} has not ended` : 'no move of the writes is unfinished',
    detail: moving
      ? `under way since ${moving.since}; nothing else begins before it has ended. A restore goes on by the same restore`
      : '',
    ...(moving && {
      region: moving.to,
      next: commandOf({ kind: 'fail-over', region: primary, to: moving.to, because: 'a move has not ended' }, key),
    }),
  };
}

/** Until it has rejoined there is one copy less, and nobody notices by themselves. */
function fencedFinding(region: string, { deployment }: WatchFacts): Finding {
  return {
    key: `fenced/${region}`,
    firing: deployment.fenced.includes(region),
    severity: 'warning',
    title: `${region} is fenced since a failover`,
    detail: 'it holds no copy that counts until it has rejoined',
    region,
  };
}

function downFinding(
  { region, last }: RegionWindow,
  { deployment }: WatchFacts,
  triggers: readonly Trigger[],
): Finding[] {
  const down = downTrigger(region, triggers);
  if (!down && last?.outcome !== 'ok') return [];
  const isPrimary = region === deployment.primary;
  return [
    {
      key: `down/${region}`,
      firing: down !== undefined,
      severity: isPrimary ? 'critical' : 'warning',
      title: isPrimary ? `the primary region ${region} is down` : `${region} is down`,
      detail: down?.because ?? 'it is well again',
      region,
    },
  ];
}

function downTrigger(region: string, triggers: readonly Trigger[]): Trigger | undefined {
  return triggers.find((one) => one.region === region && (one.kind === 'region-down' || one.kind === 'breaker-open'));
}

/** One that is down has an alert for that already. */
function degradedFinding({ region, settled, last }: RegionWindow, triggers: readonly Trigger[]): Finding[] {
  if (!last || settled.level === 'unknown') return [];
  const isDown = downTrigger(region, triggers) !== undefined;
  const bad = last.observation.services.filter(({ score }) => score !== undefined && score < 100);
  return [
    {
      key: `degraded/${region}`,
      firing: settled.level !== 'green' && !isDown,
      severity: 'warning',
      title: `${region} is ${settled.level}`,
      detail:
        bad.map(({ service, score, detail }) => `${service} ${Math.round(score ?? 0)}: ${detail}`).join('; ') ||
        'getting better',
      region,
    },
  ];
}

function blindFinding({ region, unknowns, last }: RegionWindow): Finding[] {
  if (!last || (unknowns > 0 && unknowns < BLIND_CHECKS)) return [];
  const why = last.observation.services.filter(({ score }) => score === undefined).map(({ detail }) => detail);
  return [
    {
      key: `blind/${region}`,
      firing: unknowns >= BLIND_CHECKS,
      severity: 'warning',
      title: `${region} cannot be seen`,
      detail: `that does not mean that it is down. ${[...new Set(why)].join('; ')}`,
      region,
    },
  ];
}

function latencyFindings({ region, latency }: RegionWindow, { deployment }: WatchFacts): Finding[] {
  if (!latency.last && !latency.idle) return [];
  const ms = latency.last?.ms ?? 0;
  const { emergencyLatencyMs } = numbersOf(deployment.order.indexOf(region));
  const state = latencyState(latency);
  const detail = latency.last ? `${Math.round(ms)} ms` : 'it answers nobody now';
  const breach: Finding = {
    key: `sla/${region}`,
    firing: ms > emergencyLatencyMs,
    severity: 'critical',
    title: `${region} answers slower than the emergency limit of ${emergencyLatencyMs / 1_000} s`,
    detail,
    region,
  };
  if (state === undefined && !latency.idle) return [breach];
  const title = `${region} answers slower than 150 % of what is normal`;
  return [
    breach,
    {
      key: `latency/${region}`,
      firing: state === 'degraded' || state === 'spike',
      severity: 'warning',
      title,
      detail,
      region,
    },
  ];
}

function complianceFinding({ region, last }: RegionWindow, facts: WatchFacts, triggers: readonly Trigger[]): Finding[] {
  const reasons = triggers.filter((one) => one.region === region && one.kind === 'compliance');
  if (reasons.length === 0 && !mayJudgeCompliance(region, last, facts)) return [];
  return [
    {
      key: `compliance/${region}`,
      firing: reasons.length > 0,
      severity: 'critical',
      title: `${region} breaks the rules on where and how data may be`,
      detail: reasons.map(({ because }) => because).join('; ') || 'as it should be',
      region,
    },
  ];
}

/** That nothing is wrong can be said only of what was seen: who answers, and every database. */
function mayJudgeCompliance(
  region: string,
  last: RegionWindow['last'],
  { deployment, answering }: WatchFacts,
): boolean {
  if (!last || (deployment.outside.includes(region) && answering === undefined)) return false;
  return last.observation.services.every(({ service, score }) => service !== 'database' || score === 100);
}

function lagFindings({ region, last }: RegionWindow, { deployment }: WatchFacts): Finding[] {
  return (last?.observation.lags ?? []).map(({ store, lagMs }) => ({
    key: `lag/${region}/${store}`,
    firing: region !== deployment.primary && lagMs > LAG_LIMIT_MS,
    severity: 'warning',
    title: `${store} in ${region} is more than ${LAG_LIMIT_MS / 60_000} minutes behind`,
    detail: `${Math.round(lagMs / 1_000)} s behind`,
    region,
  }));
}

/** Broken is a store none of whose copies would be of use: a failover would lose more than minutes, or find nothing. */
function brokenReplication({ deployment, windows }: WatchFacts): Finding[] {
  const scores = windows
    .filter(({ region }) => region !== deployment.primary)
    .flatMap(({ last }) => last?.observation.services.filter(({ service }) => service === 'replication') ?? []);
  const known = scores.flatMap(({ score }) => (score === undefined ? [] : [score]));
  if (known.length === 0) return [];
  const allBroken = known.every((score) => score === 0);
  // One good copy is enough to say that it works; that it does not takes a look at every one.
  if (allBroken && known.length < scores.length) return [];
  return [
    {
      key: 'replication',
      firing: allBroken,
      severity: 'critical',
      title: 'replication between the regions is broken',
      detail: [...new Set(scores.map(({ detail }) => detail))].join('; '),
    },
  ];
}
