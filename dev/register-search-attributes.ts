import { Connection, type ConnectionOptions } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes';

const { IndexedValueType } = temporal.api.enums.v1;

/**
 * Registers Meridian's search attributes on an existing server. Registering again is harmless. Throws when the server
 * cannot be reached or does not let us.
 */
export async function registerSearchAttributes(options: ConnectionOptions, namespace: string): Promise<void> {
  const connection = await Connection.connect({ ...options, connectTimeout: 5_000 });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = SEARCH_ATTRIBUTES.filter(({ name }) => !(name in (customAttributes ?? {})));
    if (missing.length === 0) return;
    const searchAttributes = Object.fromEntries(
      missing.map(({ name, type }) => [
        name,
        IndexedValueType[`INDEXED_VALUE_TYPE_${type}` as keyof typeof IndexedValueType],
      ]),
    );
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } finally {
    await connection.close();
  }
}
