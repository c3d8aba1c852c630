import { Context } from '@temporalio/activity';
import { createAwsPlatform } from '../../platforms/aws/aws-platform';
import type { Platform } from '../../platforms/platform';
import { type FaultProxy, type PlannedFault, startFaultProxy } from './fault-proxy';

/** The AWS platform of one caller after the other, each with connections of its own through a proxy of its own. */
export interface ProxiedPlatform {
  /** every proxy so far, oldest first: a killed caller leaves its own behind */
  readonly proxies: FaultProxy[];
  /** what the probes say of every region */
  healthy: boolean;
  /** From now on callers go through a new proxy. */
  plant(fault?: Omit<PlannedFault, 'killed'>): Promise<void>;
  /** For the activity that asks: should its caller be killed, it is this one that dies. */
  inActivity(): Platform;
  stop(): Promise<void>;
}

export function startProxiedPlatform(endpoint: string): ProxiedPlatform {
  const closing: Array<() => void> = [];
  let current: Platform | undefined;
  let replaced: Promise<void> | undefined;
  let activity: Context | undefined;
  const plant: ProxiedPlatform['plant'] = async (fault) => {
    const killed = () => {
      // no heartbeat any more; whoever takes the activity up again is another process
      Object.assign(activity ?? {}, { heartbeat: () => undefined });
      replaced = plant();
    };
    const proxy = await startFaultProxy(endpoint, fault && { ...fault, killed });
    proxied.proxies.push(proxy);
    const aws = createAwsPlatform({ accounts: { default: {} }, endpoint: proxy.url, templateBucket: undefined });
    closing.push(aws.close);
    current = { ...aws, probes: { ...aws.probes, region: probe } };
  };
  const probe: Platform['probes']['region'] = async ({ region }) => {
    const { healthy } = proxied;
    return [
      { region, service: 'api', healthy, tasksHealthy: 1, tasksWanted: 1, detail: healthy ? '200' : 'no answer' },
    ];
  };
  const proxied: ProxiedPlatform = {
    proxies: [],
    healthy: true,
    plant,
    inActivity: () => {
      activity = Context.current();
      if (!current) throw new Error('nothing is planted yet');
      return current;
    },
    stop: async () => {
      await replaced;
      for (const close of closing) close();
      await Promise.all(proxied.proxies.map((proxy) => proxy.stop()));
    },
  };
  return proxied;
}
