import { DescribeAlarmsCommand, paginateDescribeAlarmHistory } from '@aws-sdk/client-cloudwatch';
import type { StackKind } from '../../contracts/stack';
import type { DeploymentScope } from '../platform';
import { callsTo } from './aws-call';
import { publicRecords } from './aws-traffic-records';
import { type AwsClients, GLOBAL_REGION } from './clients';
import { deployedStack, physicalIds } from './deployed-stack';

export interface RaisedAlarm {
  name: string;
  region: string;
  at: string;
}

interface OwnAlarms {
  /** where CloudWatch keeps them */
  region: string;
  /** the region that each is about, by name */
  about: Map<string, string>;
}

/**
 * Alarms of a deployment that were raised since a time, newest last: those on its global health checks, and those of
 * every region that it is published in. The latter say nothing when their region does not answer; the former then do.
 */
export async function raisedAlarms(clients: AwsClients, scope: DeploymentScope, since: string): Promise<RaisedAlarm[]> {
  const global = await globalAlarms(clients, scope);
  const raised = (await Promise.all(global.map((alarms) => raisedOf(clients, scope, alarms, since)))).flat();
  const regions = [...new Set(global.flatMap(({ about }) => [...about.values()]))];
  const regional = await Promise.allSettled(
    regions.map(async (region) => raisedOf(clients, scope, await regionalAlarms(clients, scope, region), since)),
  );
  for (const answer of regional) if (answer.status === 'fulfilled') raised.push(...answer.value);
  return raised.sort((a, b) => a.at.localeCompare(b.at));
}

/** The alarms on the health checks of the preview and the production hostname, and whose region each check watches. */
async function globalAlarms(clients: AwsClients, scope: DeploymentScope): Promise<OwnAlarms[]> {
  const kinds: StackKind[] = ['preview', 'global'];
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const stack = await deployedStack(clients, scope, GLOBAL_REGION, kind);
      const hostname = stack?.outputs.Hostname;
      if (!stack || !hostname) return [];
      const records = await publicRecords(clients, hostname);
      const watched = new Map(records.map(({ healthCheckId, region }) => [healthCheckId, region]));
      const checks = await alarmChecks(clients, scope, physicalIds(stack, 'AWS::CloudWatch::Alarm'));
      const about = new Map<string, string>();
      for (const [name, check] of checks) {
        const region = watched.get(check);
        if (region) about.set(name, region);
      }
      return [{ region: GLOBAL_REGION, about }];
    }),
  );
  return found.flat();
}

/** Which health check each alarm watches. */
async function alarmChecks(clients: AwsClients, scope: DeploymentScope, names: string[]): Promise<Map<string, string>> {
  const checks = new Map<string, string>();
  if (names.length === 0) return checks;
  const place = { account: scope.account, region: GLOBAL_REGION };
  const call = callsTo(clients, place);
  const { MetricAlarms = [] } = await call(
    clients.cloudWatch(place).send(new DescribeAlarmsCommand({ AlarmNames: names, MaxRecords: 100 })),
  );
  for (const { AlarmName, Dimensions } of MetricAlarms) {
    const check = Dimensions?.find(({ Name }) => Name === 'HealthCheckId')?.Value;
    if (AlarmName && check) checks.set(AlarmName, check);
  }
  return checks;
}

async function regionalAlarms(clients: AwsClients, scope: DeploymentScope, region: string): Promise<OwnAlarms> {
  const stacks = await Promise.all(
    (['base', 'data'] as const).map((kind) => deployedStack(clients, scope, region, kind)),
  );
  const names = stacks.flatMap((stack) => (stack ? physicalIds(stack, 'AWS::CloudWatch::Alarm') : []));
  return { region, about: new Map(names.map((name) => [name, region])) };
}

async function raisedOf(
  clients: AwsClients,
  { account }: DeploymentScope,
  { region, about }: OwnAlarms,
  since: string,
): Promise<RaisedAlarm[]> {
  if (about.size === 0) return [];
  const place = { account, region };
  const pages = paginateDescribeAlarmHistory(
    { client: clients.cloudWatch(place) },
    { HistoryItemType: 'StateUpdate', StartDate: new Date(since), EndDate: new Date(), ScanBy: 'TimestampAscending' },
  );
  const read = async () => {
    const raised: RaisedAlarm[] = [];
    for await (const { AlarmHistoryItems = [] } of pages) {
      for (const { AlarmName: name = '', HistoryData, Timestamp } of AlarmHistoryItems) {
        const of = about.get(name);
        if (of && Timestamp && newState(HistoryData) === 'ALARM')
          raised.push({ name, region: of, at: Timestamp.toISOString() });
      }
    }
    return raised;
  };
  return callsTo(clients, place)(read());
}

/** The state that an item of the history leads to; its data is JSON text. */
function newState(historyData: string | undefined): string | undefined {
  try {
    return (JSON.parse(historyData ?? '') as { newState?: { stateValue?: string } }).newState?.stateValue;
  } catch {
    return undefined;
  }
}
