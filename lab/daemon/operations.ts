import { Backups } from '../backups/backups';
import { LabError } from '../lab-error';
import { APPLICATION } from '../postgres/settings';
import { automate, leaseStatus, takeovers } from './automation';
import { compare } from './compare';
import type { OperationInput, OperationName, OperationResults } from './daemon-protocol';
import { databaseStatus } from './database-status';
import { drain } from './drain';
import { Faults } from './faults';
import { fence } from './fence';
import { handOver } from './hand-over';
import {
  type Deployment,
  databaseOf,
  databasesOf,
  deploymentKey,
  deploymentOf,
  type Lab,
  type Scope,
  siteOf,
  storeOf,
} from './lab-state';
import { labStatus } from './lab-status';
import { Locks } from './locks';
import { promote } from './promote';
import { regionStatus } from './region-status';
import { rejoin } from './rejoin';
import { shift } from './shift';
import { Stacks } from './stacks';

export type Operations = {
  [N in OperationName]: (input: OperationInput<N>) => OperationResults[N] | Promise<OperationResults[N]>;
};

/** What each operation of the protocol does. Acts on one store run one after the other. */
export function createOperations(lab: Lab, shutdown: () => void): Operations {
  const stacks = new Stacks(lab);
  const faults = new Faults(lab);
  const backups = new Backups(lab);
  const locks = new Locks();
  const of = (scope: Scope) => deploymentOf(lab, scope);
  const onStore = <I extends Scope & { store: string }, R>(input: I, act: (deployment: Deployment) => Promise<R>) =>
    locks.run(`${deploymentKey(input)}/${input.store}`, () => act(of(input)));
  return {
    'stacks.describe': ({ ref }) => stacks.describe(ref),
    'stacks.template': ({ ref }) => stacks.template(ref),
    'stacks.plan': (input) => stacks.plan(input),
    'stacks.drift': (input) => stacks.drift(input),
    'stacks.apply': (input) => stacks.apply(input),
    'stacks.destroy': (input) => stacks.destroy(input),
    'stacks.list': (input) => stacks.list(input),
    'data.status': (input) => databaseStatus(lab, of(input), input),
    'data.fence': (input) => onStore(input, (deployment) => fence(lab, deployment, input)),
    'data.promote': (input) => onStore(input, (deployment) => promote(lab, deployment, input)),
    'data.rejoin': (input) => onStore(input, (deployment) => rejoin(lab, deployment, input)),
    'data.handOver': (input) => onStore(input, (deployment) => handOver(lab, deployment, input)),
    'data.lease': (input) => leaseStatus(of(input), input.store),
    'data.takeovers': (input) => takeovers(of(input), input),
    'data.automate': (input) => onStore(input, (deployment) => automate(lab, deployment, input)),
    'data.compare': (input) => onStore(input, (deployment) => compare(lab, deployment, input)),
    'data.connection': (input) => connection(lab, of(input), input),
    'data.stores': (input) => storeOverviews(of(input)),
    'backups.take': (input) => backups.take(of(input), input),
    'backups.list': (input) => backups.list(of(input), input),
    'backups.prove': (input) => backups.prove(of(input), input),
    'backups.choose': (input) => backups.choose(of(input), input),
    'backups.restore': (input) => onStore(input, (deployment) => backups.restore(deployment, input)),
    'backups.prune': (input) => backups.prune(of(input), input),
    'traffic.resolve': ({ hostname }) => lab.network.resolve(hostname),
    'traffic.health': ({ hostname }) => lab.network.health(hostname),
    'traffic.shift': (input) => shift(lab, of(input), input),
    'traffic.drain': (input) => drain(lab, of(input), input),
    'traffic.alarms': async ({ application, environment, since }) =>
      (await lab.network.alarms(since)).filter(
        (alarm) => alarm.application === application && alarm.environment === environment,
      ),
    'regions.status': (input) => regionStatus(siteOf(of(input), input.region), input.path),
    'faults.inject': ({ id, fault, undoAfterMs, ...scope }) =>
      faults.inject(`${deploymentKey(scope)}/${id}`, fault, scope, undoAfterMs),
    'faults.undo': ({ id, ...scope }) => faults.undo(`${deploymentKey(scope)}/${id}`),
    'faults.plant': (fault) => {
      lab.planted.push(fault);
      return {};
    },
    edge: async () => ({ port: await lab.network.edgePort(), caCertificate: lab.certificate.caCertificate }),
    status: () => labStatus(lab),
    shutdown: () => {
      shutdown();
      return {};
    },
  };
}

function connection(
  lab: Lab,
  deployment: Deployment,
  input: { store: string; region: string },
): OperationResults['data.connection'] {
  const { name, secrets } = storeOf(deployment, input.store);
  return {
    host: '127.0.0.1',
    port: readPortOf(deployment, input.region, name),
    user: APPLICATION,
    password: secrets.applicationPassword,
    database: name,
    caCertificate: lab.certificate.caCertificate,
  };
}

function storeOverviews(deployment: Deployment): OperationResults['data.stores'] {
  return [...deployment.stores.values()].map(({ name, primary, epoch }) => ({
    store: name,
    primary,
    epoch,
    regions: databasesOf(deployment, name).map(({ region }) => region),
  }));
}

/** To read a region's database, or to write it while it takes writes: never around its keeper. */
function readPortOf(deployment: Deployment, region: string, store: string): number {
  databaseOf(deployment, region, store);
  return siteOf(deployment, region).storePorts.get(store)?.read ?? 0;
}

/** The operation of a name from outside. Throws `Platform.Refused` for a name that is none. */
export function operationOf(operations: Operations, name: string): OperationName {
  if (name in operations) return name as OperationName;
  throw new LabError(
    'Platform.Refused',
    `operation: "${name}" is not known; known: ${Object.keys(operations).join(', ')}`,
  );
}
