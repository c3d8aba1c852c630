import { Context } from '@temporalio/activity';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import { type Cell, form } from './cells';
import type { Scenario } from './fake-scenarios';
import { FAULTS, type FaultKind, plant, representatives, type Site, siteName } from './fault-kinds';
import type { FaultLanes, Lane } from './fault-lanes';
import { type EndedRun, judge } from './invariants';

/** So many runs at once keep two cores busy while most of them wait for a retry or a time-out. */
const LANES = 24;

export interface MatrixOptions {
  /** which cases of all are run; `index` counts calls */
  choose?: (site: Site, fault: FaultKind, index: number) => boolean;
  /** lanes with a worker process each, this many: slow, and nothing is simulated */
  processes?: number;
  /** hears of each case as soon as it is over */
  tell: (cell: Cell) => void;
}

/** One run per call and fault. Lanes take their cases from one queue. */
export async function runMatrix(
  lanes: FaultLanes,
  scenario: Scenario,
  { choose = () => true, processes, tell }: MatrixOptions,
): Promise<void> {
  const sites = await sitesOf(lanes, scenario);
  const cases: Case[] = sites.flatMap((site, index) =>
    FAULTS.filter((fault) => choose(site, fault, index)).map((fault) => ({ site, fault })),
  );
  const work = async () => {
    if (cases.length === 0) return;
    const open = () => openLane(lanes, scenario, processes !== undefined);
    let lane = await open();
    for (let next = cases.shift(); next; next = cases.shift()) {
      const cell = await runCase(lane, scenario, next).catch(notRun(scenario, next));
      tell(cell);
      // whoever comes after one that is stuck would wait for it
      if (cell.outcome === 'stuck') lane = await open();
    }
  };
  await Promise.all(Array.from({ length: processes ?? LANES }, work));
}

/**
 * Every call that the scenario makes by itself, in order, but those of the scenario that it goes on from. Calls whose
 * number depends on the clock are those made in each of two runs.
 */
async function sitesOf(lanes: FaultLanes, scenario: Scenario): Promise<Site[]> {
  const record = (which: Scenario) => recorded(lanes, which);
  const { goesOnFrom } = scenario;
  const [first, second, known] = await Promise.all([
    record(scenario),
    record(scenario),
    goesOnFrom ? record(goesOnFrom) : [],
  ]);
  const again = new Set(second.map(siteName));
  const earlier = new Set(known.map(siteName));
  const found = first.filter((site) => again.has(siteName(site)) && !earlier.has(siteName(site)));
  return form === 'every' ? found : representatives(found);
}

async function recorded(lanes: FaultLanes, scenario: Scenario): Promise<Site[]> {
  const lane = await openLane(lanes, scenario, false);
  const sites: Site[] = [];
  const run = await runOn(lane, scenario, (cloud) => {
    cloud.intercept = (call, act) => {
      sites.push({ ...call, activity: Context.current().info.activityType });
      return act();
    };
  });
  const { outcome, violations } = judge(run);
  if (outcome === scenario.ends && violations.length === 0) return sites;
  throw new Error(`${scenario.name} without faults ended ${outcome}: ${[...violations, reasonOf(run)].join('; ')}`);
}

interface Case {
  site: Site;
  fault: FaultKind;
}

/** A case that could not be carried through is a bad one, and no reason to leave the others. */
function notRun({ name: phase }: Scenario, { site, fault }: Case) {
  return (error: unknown): Cell => {
    const violations = [`not carried through: ${String(error)}`];
    return { phase, site: siteName(site), fault, outcome: 'error', violations };
  };
}

async function runCase(lane: Lane, scenario: Scenario, { site, fault }: Case): Promise<Cell> {
  let fired = () => false;
  const run = await runOn(lane, scenario, (cloud) => {
    fired = plant(cloud, fault, site, lane.killWorker).fired;
  });
  const { outcome, violations } = judge(run);
  const unmet = fired() ? [] : ['not reached: the run never made this call'];
  const all = [...unmet, ...violations];
  const why = all.length > 0 ? [`verdict ${run.report?.verdict}: ${reasonOf(run)}`] : [];
  const phase = lane.killWorker ? `${scenario.name}, worker process` : scenario.name;
  return { phase, site: siteName(site), fault, outcome, violations: [...all, ...why] };
}

function runOn(lane: Lane, { request, breaks }: Scenario, prepare: (cloud: FakeCloud) => void): Promise<EndedRun> {
  return lane.run(request(lane.application), (cloud) => {
    breaks?.(cloud);
    prepare(cloud);
  });
}

let opened = 0;

async function openLane(lanes: FaultLanes, { live }: Scenario, process: boolean): Promise<Lane> {
  opened += 1;
  const name = `lane-${opened}`;
  const lane = process ? await lanes.openProcess(name) : lanes.open(name);
  if (!live) return lane;
  const run = await lane.run(live(name));
  if (run.report?.verdict !== 'promoted') throw new Error(`there is nothing to change: ${reasonOf(run)}`);
  await lane.settle();
  return lane;
}

function reasonOf({ report }: EndedRun): string {
  return report?.failure?.message ?? report?.summary ?? 'no report';
}
