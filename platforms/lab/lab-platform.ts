import { createDaemonClient, type DaemonClient } from '../../lab/daemon/daemon-client';
import type { LabError } from '../../lab/lab-error';
import type { DataPort, FaultPort, Platform, StackPort, TrafficPort } from '../platform';
import { PlatformError } from '../platform-error';
import { alive } from './alive';
import { labBackups } from './lab-backups';
import { createLabProbes } from './lab-probes';

export interface LabPlatformOptions {
  /** where the lab's daemon listens, see `startLab` */
  daemonUrl: string;
}

/** The embedded cloud as a platform: every call goes to the lab's daemon. Failures are PlatformErrors. */
export function createLabPlatform({ daemonUrl }: LabPlatformOptions): Platform {
  const daemon = createDaemonClient({ url: daemonUrl, toError: platformError });
  return {
    kind: 'lab',
    source: 'lab',
    stacks: stackPort(daemon),
    data: dataPort(daemon),
    backups: labBackups(daemon),
    traffic: trafficPort(daemon),
    probes: createLabProbes({ daemon }),
    faults: faultPort(daemon),
  };
}

function stackPort(daemon: DaemonClient): StackPort {
  return {
    describe: (ref) => daemon.call('stacks.describe', { ref }),
    template: async (ref) => (await daemon.call('stacks.template', { ref })).template,
    plan: (change) => daemon.call('stacks.plan', change),
    drift: (ref) => daemon.call('stacks.drift', { ref }),
    apply: (change, context) =>
      alive(context, `apply ${change.ref.name} in ${change.ref.region}`, () =>
        daemon.call('stacks.apply', change, context.signal),
      ),
    destroy: async (input, context) => {
      await alive(context, `destroy ${input.ref.name} in ${input.ref.region}`, () =>
        daemon.call('stacks.destroy', input, context.signal),
      );
    },
    list: (scope) => daemon.call('stacks.list', scope),
  };
}

function dataPort(daemon: DaemonClient): DataPort {
  return {
    status: (input) => daemon.call('data.status', input),
    fence: (input, context) =>
      alive(context, `fence ${input.store} in ${input.region}`, () => daemon.call('data.fence', input, context.signal)),
    promote: (input, context) =>
      alive(context, `promote ${input.store} in ${input.region}`, () =>
        daemon.call('data.promote', input, context.signal),
      ),
    rejoin: (input, context) =>
      alive(context, `rejoin ${input.store} in ${input.region}`, () =>
        daemon.call('data.rejoin', input, context.signal),
      ),
    compare: (input) => daemon.call('data.compare', input),
    handOver: (input, context) =>
      alive(context, `hand ${input.store} over to ${input.to}`, () =>
        daemon.call('data.handOver', input, context.signal),
      ),
    lease: async (input) => (await daemon.call('data.lease', input)).lease,
    takeovers: (input) => daemon.call('data.takeovers', input),
    setAutomation: async (input) => {
      await daemon.call('data.automate', input);
    },
  };
}

function trafficPort(daemon: DaemonClient): TrafficPort {
  return {
    resolve: (hostname) => daemon.call('traffic.resolve', { hostname }),
    health: (hostname) => daemon.call('traffic.health', { hostname }),
    shift: async (input) => {
      await daemon.call('traffic.shift', input);
    },
    drain: async (input) => {
      await daemon.call('traffic.drain', input);
    },
    alarms: (scope, since) => daemon.call('traffic.alarms', { ...scope, since }),
  };
}

function faultPort(daemon: DaemonClient): FaultPort {
  return {
    inject: (input) => daemon.call('faults.inject', input),
    undo: async (input, context) => {
      await alive(context, `undo fault ${input.id}`, () => daemon.call('faults.undo', input, context.signal));
    },
  };
}

function platformError({ type, message, details }: LabError): PlatformError {
  return new PlatformError(type, message, details);
}
