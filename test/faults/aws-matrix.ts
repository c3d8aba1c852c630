import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { sha256 } from '../../activities/support/token';
import { AWS_REGION, type AwsLane, type AwsLanes, templateOf } from './aws-lanes';
import type { Cell } from './cells';
import { FAULTS, type FaultKind } from './fault-kinds';
import type { ProxyCall } from './fault-proxy';
import { seenOnAws } from './seen-ministack';
import { judgeStacks, type RunOutcome } from './stack-invariants';

/** What is done while a request suffers; each begins on an application of its own. */
export const SCENARIOS = ['create', 'create, then sick', 'change', 'change, then sick', 'retire'] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** How one scenario ended. `outcome` is absent when it did not end in time. */
interface Ended {
  outcome?: RunOutcome;
  /** it ended without a failure of its own */
  clean: boolean;
  left: boolean;
  why: string;
}

interface Site {
  action: string;
  nth: number;
}

/** So many applications at once keep the test cloud busy, which does one thing at a time. */
const LANES = 8;
/** Questions that are repeated until something has ended: how often depends on the clock, the first ones do not. */
const REPEATED_AT_MOST = 3;

/** One run per request of a scenario and fault. Hears of each as soon as it is over. */
export async function runAwsMatrix(
  lanes: AwsLanes,
  endpoint: string,
  scenario: Scenario,
  { choose = () => true, tell }: { choose?: (fault: FaultKind, index: number) => boolean; tell: (cell: Cell) => void },
): Promise<void> {
  const client = new CloudFormationClient({ endpoint, region: AWS_REGION });
  const cases = (await sitesOf(lanes, scenario)).flatMap((site, index) =>
    FAULTS.filter((fault) => choose(fault, index)).map((fault) => ({ site, fault })),
  );
  const work = async () => {
    for (let next = cases.shift(); next; next = cases.shift())
      tell(await runCase(lanes, client, scenario, next.site, next.fault).catch(notRun(scenario, next)));
  };
  await Promise.all(Array.from({ length: LANES }, work));
  client.destroy();
}

/** A case that could not be carried through is a bad one, and no reason to leave the others. */
function notRun(scenario: Scenario, { site, fault }: { site: Site; fault: FaultKind }) {
  return (error: unknown): Cell => {
    const violations = [`not carried through: ${String(error)}`];
    return { phase: phaseOf(scenario), site: nameOf(site), fault, outcome: 'error', violations };
  };
}

function phaseOf(scenario: Scenario): string {
  return `${scenario} on MiniStack`;
}

/** The requests that every run of a scenario makes, beyond those of the scenario that it goes on from. */
async function sitesOf(lanes: AwsLanes, scenario: Scenario): Promise<Site[]> {
  const [first, second] = await Promise.all([recorded(lanes, scenario), recorded(lanes, scenario)]);
  const known = new Set(second.map(nameOf));
  const base: Partial<Record<Scenario, Scenario>> = { 'create, then sick': 'create', 'change, then sick': 'change' };
  const before = base[scenario];
  const earlier = new Set(before ? (await recorded(lanes, before)).map(nameOf) : []);
  return first.filter((site) => known.has(nameOf(site)) && !earlier.has(nameOf(site)) && site.nth <= limit(site));
}

function limit({ action }: Site): number {
  return /^(Describe|List)/.test(action) ? REPEATED_AT_MOST + 3 : Number.POSITIVE_INFINITY;
}

async function recorded(lanes: AwsLanes, scenario: Scenario): Promise<Site[]> {
  const lane = lanes.open();
  await prepare(lane, scenario);
  await lane.platform.plant();
  const ended = await carryOut(lane, scenario);
  if (!ended.clean || ended.left) throw new Error(`${scenario} without faults: ${ended.why}`);
  return lane.platform.proxies.at(-1)?.calls.filter(({ region }) => region === AWS_REGION) ?? [];
}

async function runCase(
  lanes: AwsLanes,
  client: CloudFormationClient,
  scenario: Scenario,
  site: Site,
  fault: FaultKind,
): Promise<Cell> {
  const lane = lanes.open();
  await prepare(lane, scenario);
  const before = await seenOnAws(client, lane.ref);
  const earlier = lane.platform.proxies.length;
  await lane.platform.plant({ ...site, region: AWS_REGION, fault });
  const ended = await carryOut(lane, scenario);
  const proxies = lane.platform.proxies.slice(earlier);
  const calls = proxies.flatMap((proxy) => proxy.calls);
  const cell = { phase: phaseOf(scenario), site: nameOf(site), fault };
  const unmet = proxies[0]?.fired() ? [] : ['not reached: the run never made this request'];
  if (!ended.outcome) return { ...cell, outcome: 'stuck', violations: [...unmet, 'stuck: not ended in time'] };
  const after = await seenOnAws(client, lane.ref);
  const { intents } = await lanes.records.load({ application: lane.application, environment: 'staging' });
  const isRetired = scenario === 'retire';
  const broken = judgeStacks({
    // retiring never goes back: what it could not destroy is named, and that is its end
    outcome: isRetired ? 'complete' : ended.outcome,
    before: before.stacks,
    after: after.stacks,
    acts: after.acts.slice(before.acts.length),
    planned: isRetired ? [] : [{ ref: lane.ref, sha256: sha256(templateOf(versionOf(scenario))) }],
    removed: isRetired ? [lane.ref] : [],
    left: ended.left ? [lane.ref] : [],
    intents,
  });
  const violations = [...unmet, ...broken, ...executedTwice(calls)];
  const retries = calls.filter(({ attempt }) => attempt > 1).length;
  const word = isRetired && ended.left ? 'named' : ended.outcome;
  // r: how often the SDK tried again by itself
  const outcome = `${word}${retries > 0 ? ` r${retries}` : ''}`;
  return { ...cell, outcome, violations: violations.length > 0 ? [...violations, ended.why] : [] };
}

/** What has to be there before the scenario begins. */
async function prepare(lane: AwsLane, scenario: Scenario): Promise<void> {
  await lane.platform.plant();
  if (scenario.startsWith('create')) return;
  const made = await lane.deploy(1);
  if (made?.kind !== 'deployed') throw new Error(`there is nothing to ${scenario}: ${JSON.stringify(made)}`);
}

async function carryOut(lane: AwsLane, scenario: Scenario): Promise<Ended> {
  if (scenario === 'retire') {
    const result = await lane.retire().catch((error: unknown) => ({ destroyed: [], leftovers: [], error }));
    if (!result) return { clean: false, left: false, why: 'no result' };
    const left = result.leftovers.length > 0 || 'error' in result;
    const why = 'error' in result ? String(result.error) : result.leftovers.map((one) => one.why).join('; ');
    return { outcome: left ? 'compensated' : 'complete', clean: !left, left, why };
  }
  lane.platform.healthy = !scenario.endsWith('sick');
  const result = await lane.deploy(versionOf(scenario));
  if (!result) return { clean: false, left: false, why: 'no result' };
  if (result.kind === 'deployed') return { outcome: 'complete', clean: lane.platform.healthy, left: false, why: '' };
  const why = [result.failure.message, ...result.left.map((one) => one.why)].join('; ');
  return { outcome: 'compensated', clean: !lane.platform.healthy, left: result.left.length > 0, why };
}

function versionOf(scenario: Scenario): number {
  return scenario.startsWith('change') ? 2 : 1;
}

/** A change set is executed once: whatever was lost, the second execution must not get through. */
function executedTwice(calls: ProxyCall[]): string[] {
  const times = new Map<string, number>();
  for (const { action, status, changeSet = '' } of calls)
    if (action === 'ExecuteChangeSet' && status === 200) times.set(changeSet, (times.get(changeSet) ?? 0) + 1);
  return [...times]
    .filter(([, count]) => count > 1)
    .map(([name, count]) => `double: ${name} was executed ${count} times`);
}

function nameOf({ action, nth }: Site): string {
  return `${action} #${nth}`;
}
