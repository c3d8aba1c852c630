import { AlarmLog, alarmName } from './alarm-log';
import { answeringRecords, recordsProblem } from './edge-routing';
import { HealthWatch } from './health-watch';
import type { NetworkLog } from './network-log';
import type { EdgeAlarm, EdgeFailover, EdgeHealth, EdgeHostname, EdgeRecord, NetworkUser } from './network-port';

interface Published {
  hostname: EdgeHostname;
  watches: Map<string, HealthWatch>;
}

interface FailedOver {
  silent: Set<string>;
  /** absent: it has ended, and so has all news of these epochs */
  to?: string;
  /** of each store: the newest that was heard of */
  epochs: Record<string, number>;
}

/** What global DNS knows: which hostnames exist, where they lead, and how healthy each place is. */
export class EdgeHostnames {
  private readonly published = new Map<string, Published>();
  private readonly alarmLog = new AlarmLog();

  /** what sentinels said, by application and environment */
  private readonly failedOver = new Map<string, FailedOver>();

  constructor(
    private readonly log: NetworkLog,
    private readonly isIsolated: (of: NetworkUser, region: string) => boolean,
  ) {}

  /** A region fell silent: it answers nobody, and the other one is the primary, until `endFailover`. */
  failOver({ application, environment, store, from, to, epoch }: EdgeFailover): void {
    const key = `${application}/${environment}`;
    const before = this.failedOver.get(key);
    const newest = before?.epochs[store] ?? 0;
    if (before?.to === undefined ? newest >= epoch : newest > epoch) return;
    const silent = new Set([...(before?.silent ?? []), from]);
    silent.delete(to);
    this.failedOver.set(key, { silent, to, epochs: { ...before?.epochs, [store]: epoch } });
    this.log('fail-over', { application, environment, store, from, to, epoch });
  }

  endFailover({ application, environment, seen }: NetworkUser & { seen: Record<string, number> }): void {
    const key = `${application}/${environment}`;
    const { epochs = {} } = this.failedOver.get(key) ?? {};
    const isSeen = Object.entries(epochs).every(([store, epoch]) => epoch <= (seen[store] ?? 0));
    if (isSeen) this.failedOver.set(key, { silent: new Set(), epochs: { ...epochs, ...seen } });
  }

  /** Publishes or replaces. Where endpoint and check stay the same, health and the rhythm of its checks do, too. */
  set(hostname: EdgeHostname): void {
    const problem = recordsProblem(hostname.records);
    if (problem !== undefined) throw new Error(`hostname ${hostname.hostname}: ${problem}`);
    const before = this.published.get(hostname.hostname)?.watches;
    const watches = new Map<string, HealthWatch>();
    for (const record of hostname.records) {
      const known = before?.get(record.region);
      watches.set(record.region, known?.fits(record) ? known : this.watch(hostname, record));
    }
    for (const [region, watch] of before ?? []) if (watches.get(region) !== watch) this.unwatch(hostname, watch);
    this.published.set(hostname.hostname, { hostname, watches });
    const known = new Set(before?.values());
    for (const watch of watches.values()) if (!known.has(watch)) watch.start();
    this.log('hostname', { hostname: hostname.hostname, regions: hostname.records.map(({ region }) => region) });
  }

  remove(name: string): void {
    const published = this.published.get(name);
    for (const watch of published?.watches.values() ?? []) this.unwatch(published?.hostname, watch);
    this.published.delete(name);
  }

  find(name: string): EdgeHostname | undefined {
    const hostname = this.published.get(name)?.hostname;
    const move = hostname && this.failedOver.get(`${hostname.application}/${hostname.environment}`);
    if (!hostname || move?.to === undefined) return hostname;
    const has = hostname.records.some(({ region }) => region === move.to);
    const records = hostname.records.map((record): EdgeRecord => {
      const failover = has && record.failover ? (record.region === move.to ? 'PRIMARY' : 'SECONDARY') : record.failover;
      return { ...record, failover, ...(move.silent.has(record.region) && { drained: true }) };
    });
    return { ...hostname, records };
  }

  isHealthy(name: string, region: string): boolean {
    return this.published.get(name)?.watches.get(region)?.state.healthy ?? false;
  }

  resolve(name: string): { regions: string[] } {
    const records = this.find(name)?.records ?? [];
    return { regions: answeringRecords(records, (region) => this.isHealthy(name, region)).map(({ region }) => region) };
  }

  health(name: string): EdgeHealth[] {
    const watches = [...(this.published.get(name)?.watches.values() ?? [])];
    return watches.map((watch) => ({ region: watch.record.region, ...watch.state }));
  }

  alarms(since: string): EdgeAlarm[] {
    return this.alarmLog.since(since);
  }

  private watch(published: EdgeHostname, record: EdgeHostname['records'][number]): HealthWatch {
    const { hostname, application, environment } = published;
    const name = alarmName(published, record.region);
    return new HealthWatch(
      hostname,
      record,
      ({ healthy, since }) => {
        this.log('health', { hostname, region: record.region, healthy });
        if (healthy) this.alarmLog.clear(name, hostname);
        else this.alarmLog.raise({ name, application, environment, region: record.region, at: since }, hostname);
      },
      () => this.isIsolated(published, record.region),
    );
  }

  private unwatch(hostname: EdgeHostname | undefined, watch: HealthWatch): void {
    watch.stop();
    if (hostname) this.alarmLog.clear(alarmName(hostname, watch.record.region), hostname.hostname);
  }
}
