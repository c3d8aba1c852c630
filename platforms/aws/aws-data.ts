import type { DataPort } from '../platform';
import { PlatformError } from '../platform-error';
import { placesOf } from './aws-backup-snapshots';
import { fenceDatabase } from './aws-data-fence';
import { promoteReplica } from './aws-data-promote';
import { rejoinDatabase } from './aws-data-rejoin';
import { findDatabase, openDatabase } from './aws-data-session';
import { instanceStatus } from './aws-data-status';
import { tableStatus } from './aws-data-tables';
import type { AwsClients } from './clients';

export interface AwsDataOptions {
  clients: AwsClients;
  /** how long a fence may take to be proven, milliseconds; tests wait less */
  fenceTimeoutMs?: number;
}

/** Databases on RDS, found in the data stacks of a deployment and told apart by their tags; of global tables, the status. */
export function createAwsData({ clients, fenceTimeoutMs }: AwsDataOptions): DataPort {
  return {
    async status(input) {
      const { region, store } = input;
      const database = await findDatabase(clients, input);
      if (database) return instanceStatus(clients, input, database.instance);
      const table = await tableStatus(clients, input);
      return table ?? { region, store, reachable: false, role: 'unknown' };
    },
    async fence({ epoch, ...place }, context) {
      const database = await openDatabase(clients, place);
      return fenceDatabase(database, { epoch, timeoutMs: fenceTimeoutMs }, context);
    },
    async promote({ epoch, expectedPrimary, riskAccepted, ...place }, context) {
      const replica = await openDatabase(clients, place);
      const old = () => openDatabase(clients, { ...place, region: expectedPrimary });
      const promotion = { epoch, expectedPrimary, old, isRiskAccepted: riskAccepted !== undefined };
      return instanceStatus(clients, place, await promoteReplica(replica, promotion, context));
    },
    async rejoin({ epoch, asPrimary = false, ...place }, context) {
      const here = await openDatabase(clients, place);
      const { databases } = await placesOf(clients, place);
      const returned = await rejoinDatabase(here, databases, { epoch, asPrimary }, context);
      return instanceStatus(clients, place, returned);
    },
    async compare({ store }) {
      throw new PlatformError(
        'Platform.Refused',
        `the rows of ${store} cannot be compared from here: RDS instances are reachable only from the network of their region`,
        { resource: store },
      );
    },
    async handOver({ store, from, to }) {
      throw new PlatformError(
        'Platform.Refused',
        `RDS cannot move the primary of ${store} from ${from} to ${to} in one act: its replicas are promoted after the old instance was fenced; ask for promote-region`,
        { region: to, resource: store },
      );
    },
    async lease() {
      return undefined;
    },
    async takeovers() {
      return [];
    },
    async setAutomation({ store, automation }) {
      if (automation !== 'automatic') return;
      throw new PlatformError(
        'Platform.Refused',
        `automation: "automatic" for ${store} cannot be kept on RDS, which gives no proof that a silent region has stopped; valid: "off", "propose"`,
        { resource: store },
      );
    },
  };
}
