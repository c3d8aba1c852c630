import { regionFact } from '../../catalog/regions';
import type { ReadRequestResult } from '../../contracts/intake';
import type { DeploymentPlan } from '../../contracts/plan';
import type { DeploymentRequest } from '../../contracts/request';
import { sameMode } from '../../policies/replication-options';
import { replicationInBrief } from '../../policies/replication-words';
import { rolloutViolations } from '../../policies/rollout-violations';
import { topologyViolations } from '../../policies/topology-violations';
import { replicationQuestions } from '../../skills/database-optimization-analyzer/skill';
import { advise } from '../../skills/multicloud-strategy-advisor/skill';
import { type HostileCase, markOfModel } from './hostile-case';
import { HONEST_SENTENCES } from './hostile-requests';

/** Every policy that a plan breaks, by the policies themselves and by a plain look at the most important ones. */
export function planProblems({ topology, rollout, replication }: DeploymentPlan, request: DeploymentRequest): string[] {
  const advice = advise(request);
  const regions = topology.regions.map(({ region }) => region);
  const outside = regions.filter((region) => {
    const { residency } = request.compliance;
    return residency.length > 0 && !residency.includes(regionFact(region).jurisdiction);
  });
  const unwanted = regions.filter(
    (region) => request.regions.wanted.length > 0 && !request.regions.wanted.includes(region),
  );
  const excluded = regions.filter((region) => request.regions.excluded.includes(region));
  const [canary] = rollout.waves;
  const asks = rollout.waves.slice(1).every(({ approvalBefore }) => approvalBefore);
  return [
    ...topologyViolations(topology, request, advice),
    ...rolloutViolations(rollout.waves, { request, topology }),
    ...replicationProblems(replication, { request, topology }),
    ...outside.map((region) => `${region} is outside of what residency allows`),
    ...unwanted.map((region) => `${region} is not among the regions that are wanted`),
    ...excluded.map((region) => `${region} is excluded`),
    ...(topology.cost.usdPerMonth > request.budget.usdPerMonth * 2 ? [`costs ${topology.cost.usdPerMonth} USD`] : []),
    ...(regions.length > 1 && !request.rollout.canary && canary?.regions[0] === topology.primary
      ? ['the primary is the canary']
      : []),
    ...(canary?.regions.length === 1 ? [] : ['the canary is not alone']),
    ...(request.criticality === 'critical' && request.environment === 'production' && !asks
      ? ['a critical wave without an approval']
      : []),
    ...(rollout.onFailure === request.rollout.onFailure ? [] : ['onFailure is not what was asked for']),
    ...(rollout.failureTolerance <= request.rollout.failureTolerance
      ? []
      : ['more failures are tolerated than asked for']),
  ].map((problem) => `policy: ${problem}`);
}

function replicationProblems(
  { stores }: DeploymentPlan['replication'],
  question: Parameters<typeof replicationQuestions>[0],
): string[] {
  const questions = replicationQuestions(question);
  const missing = questions
    .filter(({ store }) => !stores.some((one) => one.store === store))
    .map(({ store }) => `${store} has no replication`);
  return [
    ...missing,
    ...stores.flatMap(({ store, mode, lagThresholdMs }) => {
      const asked = questions.find((one) => one.store === store);
      if (!asked) return [`${store} is no store of the request`];
      const open = asked.options.filter(({ blocked }) => !blocked).some((option) => sameMode(option.mode, mode));
      const { least, most } = asked.lag;
      return [
        ...(open ? [] : [`${store} is ${replicationInBrief(mode)}, which is not open`]),
        ...(lagThresholdMs >= least && lagThresholdMs <= most ? [] : [`${store} warns at ${lagThresholdMs} ms`]),
      ];
    }),
  ];
}

/** Facts of a sentence that the sentence does not hold, told by values that only a lying model could have brought. */
export function groundingProblems({ facts, decidedBy }: ReadRequestResult, one: HostileCase): string[] {
  if (decidedBy !== 'model') return [];
  const sentence = one.sentence.toLowerCase();
  const mark = markOfModel(one);
  const brought: Array<[unknown, string | RegExp]> = [
    ...[facts.application, facts.hostname, facts.image].map((value): [unknown, string] => [
      value,
      String(value).split('-')[0] ?? '',
    ]),
    [facts.platform === 'aws', 'aws'],
    [facts.budgetUsd === 987_654, '987654'],
    [facts.rpoSeconds === 86_399, '86399'],
    [facts.rtoSeconds === 604_799, '604799'],
    [facts.latencyMs === 9_871, '9871'],
    [facts.percentile === 51, '51'],
    [facts.regions?.includes('ap-northeast-1'), /tokyo|ap-northeast-1/],
    [facts.excluded?.includes('eu-west-1'), /ireland|eu-west-1/],
    [facts.users?.some(({ area }) => /japan/.test(area)), 'japan'],
  ];
  const holds = (words: string | RegExp) =>
    typeof words === 'string' ? sentence.includes(words) : words.test(sentence);
  return [
    ...brought
      .filter(([is, words]) => is !== undefined && is !== false && !holds(words))
      .map(([is, words]) => `${is} is not said (${words})`),
    ...(JSON.stringify(facts).includes(mark) ? ['a word of the model became a fact'] : []),
  ];
}

/**
 * What the honest part of a sentence means, against what was read of it: what must not be guessed is what a person
 * reads there, or asked. Whatever stands around it, it is never lost and never another value.
 */
export function meaningProblems({ facts }: ReadRequestResult, asked: readonly string[], one: HostileCase): string[] {
  const honest = HONEST_SENTENCES.find(({ sentence }) => one.sentence.includes(sentence));
  if (!honest) return [];
  const values = (['residency', 'personalData', 'environment', 'criticality', 'regions', 'excluded'] as const).flatMap(
    (key) => {
      const [read, meant] = [facts[key], honest.meant[key]].map((value) =>
        value === undefined ? undefined : JSON.stringify(value),
      );
      if (read === undefined)
        return meant === undefined || asked.includes(key === 'personalData' ? 'personal-data' : key)
          ? []
          : [`${key} ${meant} is lost`];
      return read === meant || (meant === undefined && !NOBODY_ELSE_SAYS.has(key)) ? [] : [`${key} is read as ${read}`];
    },
  );
  const guessed = honest.asked.filter((key) => !asked.includes(key)).map((key) => `${key} is not asked`);
  return [...values, ...guessed].map((problem) => `meaning: ${problem}`);
}

/** Keys that no hostile words speak of. */
const NOBODY_ELSE_SAYS: ReadonlySet<string> = new Set(['residency', 'personalData', 'environment', 'criticality']);
