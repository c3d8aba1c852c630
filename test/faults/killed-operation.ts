import type { LiveOperationRequest } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import type { DeploymentRecord } from '../../contracts/record';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import { deploymentState, regionState } from '../../policies/operations/operating-state';
import { OPERATIONS } from '../../policies/operations/transitions';
import type { Ask, LiveFake } from '../support/live-fake';

/** One operation on what is live, and the state in which it is asked for. */
export interface Scenario {
  name: string;
  ask(live: LiveFake): Ask;
  prepare?(live: LiveFake, cloud: FakeCloud, record: DeploymentRecord): void;
}

/** Sentinels that replace a silent primary by themselves. */
const automatic: Scenario['prepare'] = ({ primary }, cloud) => {
  cloud.leases.set('orders', { holder: primary, epoch: cloud.epoch, automation: 'automatic' });
};

/** Another region takes the writes since a failover; the old primary is out. */
const failedOver: Scenario['prepare'] = ({ primary, others: [to] }, cloud, record) => {
  cloud.databases.set(primary, { region: primary, role: 'standby', fenced: true });
  cloud.databases.set(to, { region: to, role: 'primary', fenced: false });
  cloud.drained = [primary];
  const fenced = [{ region: primary, since: new Date(0).toISOString(), epoch: record.epoch, why: 'it was silent' }];
  Object.assign(record, { primary: to, drained: [primary], fenced });
};

export const SCENARIOS: Scenario[] = [
  { name: 'switchover', ask: ({ others: [to] }) => ({ kind: 'switchover', region: to }) },
  { name: 'drill region-loss', ask: () => ({ kind: 'drill', drill: 'region-loss' }), prepare: automatic },
  { name: 'promote-region', ask: ({ others: [to] }) => ({ kind: 'promote-region', region: to }) },
  { name: 'rejoin', ask: ({ primary }) => ({ kind: 'rejoin', region: primary }), prepare: failedOver },
  { name: 'drill by steps', ask: () => ({ kind: 'drill', drill: 'partition' }) },
  { name: 'drain', ask: ({ others: [, region] }) => ({ kind: 'drain', region }) },
  { name: 'drill switchover', ask: () => ({ kind: 'drill', drill: 'switchover' }), prepare: automatic },
];

export interface Ended {
  request: Pick<LiveOperationRequest, 'kind'> & { region?: string };
  before: DeploymentRecord;
  record: DeploymentRecord;
  cloud: FakeCloud;
  /** absent: it did not end in time */
  report?: OperationReport;
}

/** What an operation left behind that it must not, in words; nothing when all is well. */
export function judge({ request, before, record, cloud, report }: Ended): string[] {
  if (!report) return ['stuck: no report in time'];
  const wrong: string[] = [];
  if (report.outcome !== 'done') wrong.push(`it ended ${report.outcome}: ${report.summary}`);
  if (report.left.length > 0) wrong.push(`left: ${report.left.join('; ')}`);
  if (cloud.faults.size > 0) wrong.push(`in force: ${[...cloud.faults.keys()].join(', ')}`);
  if (record.drilling) wrong.push('the record says that a drill goes on');
  if (cloud.drained.join() !== record.drained.join())
    wrong.push(`drained are ${cloud.drained.join() || 'none'}, by record ${record.drained.join() || 'none'}`);
  if (cloud.epoch > record.epoch) wrong.push(`the platform is at epoch ${cloud.epoch}, the record at ${record.epoch}`);
  return [...wrong, ...writersOf(cloud, record), ...transition(request, before, record)];
}

/** Exactly one region takes writes, the one in the record; whoever is not fenced there follows it. */
function writersOf({ databases, leases }: FakeCloud, { primary, fenced = [] }: DeploymentRecord): string[] {
  const writers = [...databases.values()].filter((one) => one.role === 'primary' && !one.fenced);
  const regions = writers.map(({ region }) => region);
  const wrong = regions.join() === primary ? [] : [`${regions.join() || 'nobody'} takes writes, by record ${primary}`];
  for (const { holder } of leases.values())
    if (holder !== primary) wrong.push(`${holder} holds the lease, by record ${primary}`);
  const out = [...databases.values()].filter((one) => one.fenced).map(({ region }) => region);
  const known = fenced.map(({ region }) => region);
  return out.join() === known.join() ? wrong : [...wrong, `stopped are ${out.join()}, by record ${known.join()}`];
}

/** What the transition table says of an operation that was done. */
function transition({ kind, region }: Ended['request'], before: DeploymentRecord, after: DeploymentRecord): string[] {
  const row = OPERATIONS[kind];
  const wrong: string[] = [];
  const expect = (what: string, is: string, cell: object | undefined) => {
    const wanted = cell && 'becomes' in cell ? cell.becomes : undefined;
    if (is !== wanted) wrong.push(`${what} is ${is}, by the table ${wanted}`);
  };
  const states = (record: DeploymentRecord, one: string) => regionState(record, one);
  const old = before.primary ?? '';
  const oldState = row.oldPrimary ?? states(before, old);
  if (region !== undefined) expect(region, states(after, region), row.region?.[states(before, region)]);
  if (region !== old && states(after, old) !== oldState) wrong.push(`${old} is ${states(after, old)}, not ${oldState}`);
  // what others become follows from the regions: a deployment with one that is fenced has failed over
  if (!row.region) expect('the deployment', deploymentState(after), row.deployment[deploymentState(before)]);
  return wrong;
}
