import type { EdgeAlarm } from './network-port';

/** Two hostnames may watch the same region: its alarm is raised once, until all of them see it healthy again. */
export class AlarmLog {
  private readonly alarms: EdgeAlarm[] = [];
  private readonly firing = new Map<string, Set<string>>();

  raise(alarm: EdgeAlarm, hostname: string): void {
    const watchers = this.firing.get(alarm.name) ?? new Set<string>();
    if (watchers.size === 0) this.alarms.push(alarm);
    this.firing.set(alarm.name, watchers.add(hostname));
  }

  clear(name: string, hostname: string): void {
    this.firing.get(name)?.delete(hostname);
  }

  /** Alarms raised at or after an ISO time, newest last. */
  since(at: string): EdgeAlarm[] {
    const fromMs = Date.parse(at);
    return this.alarms.filter((alarm) => Date.parse(alarm.at) >= fromMs);
  }
}

/** The name of the alarm of one region of a deployment. */
export function alarmName(deployment: { application: string; environment: string }, region: string): string {
  return `${deployment.application}-${deployment.environment}-${region}-unhealthy`;
}
