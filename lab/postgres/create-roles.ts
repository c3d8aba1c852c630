import type { AdministratorAccess } from './connect';
import { withDatabase } from './connect';
import { APPLICATION, REPLICATOR, type StoreCredentials } from './settings';

/** Makes the roles and the application's database in a new primary. `database` is the store's name. */
export async function createRoles(
  access: AdministratorAccess,
  database: string,
  secrets: StoreCredentials,
): Promise<void> {
  await withDatabase(access, async (client) => {
    const literal = (text: string) => client.escapeLiteral(text);
    await client.query(`create role ${REPLICATOR} with replication login`);
    await client.query(`create role ${APPLICATION} with login password ${literal(secrets.applicationPassword)}`);
    await client.query(`create database ${client.escapeIdentifier(database)} owner ${APPLICATION}`);
  });
}
