import type { DeploymentRequest } from '../../contracts/request';
import { fakeRequest } from '../support/fake-deployments';
import type { Cell } from './cells';
import { FAULTS, type FaultKind, plant, type Site, siteName } from './fault-kinds';
import type { FaultLanes, Lane } from './fault-lanes';
import { type EndedRun, judge } from './invariants';

export type Phase = 'first deployment' | 'change';

/** So many runs at once keep two cores busy while most of them wait for a retry or a time-out. */
const LANES = 24;

/** Two regions, a database and its replica, everything undone on failure: every kind of call in the shortest run. */
export function firstRequest(application: string): DeploymentRequest {
  return fakeRequest({
    application,
    hostname: `${application}.example.com`,
    regions: { ...fakeRequest().regions, wanted: ['us-east-1', 'eu-west-1'] },
  });
}

/** Another image: every region is changed. */
export function changedRequest(application: string): DeploymentRequest {
  const request = firstRequest(application);
  return { ...request, services: request.services.map((one) => ({ ...one, image: 'meridian/sample-orders:1.1' })) };
}

/** Every call that a run without faults makes, in order. Calls whose number depends on the clock are made in each of two runs. */
export async function sitesOf(lane: Lane, request: DeploymentRequest): Promise<Site[]> {
  const [first = [], second = []] = [await recorded(lane, request), await recorded(lane, request)];
  const names = new Set(second.map(siteName));
  return first.filter((site) => names.has(siteName(site)));
}

async function recorded(lane: Lane, request: DeploymentRequest): Promise<Site[]> {
  const sites: Site[] = [];
  const run = await lane.run(request, (cloud) => {
    cloud.intercept = (call, act) => {
      sites.push(call);
      return act();
    };
  });
  const { outcome, violations } = judge(run);
  if (outcome === 'complete' && violations.length === 0) return sites;
  throw new Error(`the run without faults ended ${outcome}: ${[...violations, reasonOf(run)].join('; ')}`);
}

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
  phase: Phase,
  { choose = () => true, processes, tell }: MatrixOptions,
): Promise<void> {
  const open = () => openLane(lanes, phase, processes !== undefined);
  const scout = await open();
  const sites = await sitesOf(scout, requestOf(phase, scout.application));
  const cases = sites.flatMap((site, index) =>
    FAULTS.filter((fault) => choose(site, fault, index)).map((fault) => ({ site, fault })),
  );
  const work = async (lane: Lane) => {
    for (let next = cases.shift(); next; next = cases.shift()) tell(await runCase(lane, phase, next.site, next.fault));
  };
  const others = Array.from({ length: Math.min(processes ?? LANES, cases.length) - 1 }, open);
  await Promise.all([work(scout), ...others.map(async (lane) => work(await lane))]);
}

async function runCase(lane: Lane, phase: Phase, site: Site, fault: FaultKind): Promise<Cell> {
  let fired = () => false;
  const run = await lane.run(requestOf(phase, lane.application), (cloud) => {
    fired = plant(cloud, fault, site, lane.killWorker).fired;
  });
  const { outcome, violations } = judge(run);
  const unmet = fired() ? [] : ['not reached: the run never made this call'];
  const all = [...unmet, ...violations];
  const why = all.length > 0 ? [`verdict ${run.report?.verdict}: ${reasonOf(run)}`] : [];
  const where = lane.killWorker ? `${phase}, worker process` : phase;
  return { phase: where, site: siteName(site), fault, outcome, violations: [...all, ...why] };
}

let opened = 0;

async function openLane(lanes: FaultLanes, phase: Phase, process: boolean): Promise<Lane> {
  opened += 1;
  const name = `lane-${opened}`;
  const lane = process ? await lanes.openProcess(name) : lanes.open(name);
  if (phase === 'first deployment') return lane;
  const run = await lane.run(firstRequest(name));
  if (run.report?.verdict !== 'promoted') throw new Error(`there is nothing to change: ${reasonOf(run)}`);
  await lane.settle();
  return lane;
}

function requestOf(phase: Phase, application: string): DeploymentRequest {
  return phase === 'first deployment' ? firstRequest(application) : changedRequest(application);
}

function reasonOf({ report }: EndedRun): string {
  return report?.failure?.message ?? report?.summary ?? 'no report';
}
