import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import type { Cell } from './cell';
import { createLeaseStore } from './compare-and-set';
import { Entry, NO_ENTRY } from './entry';
import { createJsonClient, type Tls } from './json-client';
import { type LeaseStore, LeaseStoreUnavailable } from './lease-store';

/** How to reach an etcd cluster (3.4 or newer), in the words of etcdctl. */
export interface EtcdLeaseStoreOptions extends Tls {
  /** client URLs of the members, tried in turn */
  endpoints: readonly string[];
  user?: { name: string; password: string };
  /** of who asks, for people; needs not be unique */
  name: string;
  /** limit of every read and change as a whole; each endpoint gets an equal part of it */
  timeoutMs: number;
}

/** Before every key, so that a cluster can be shared and access to it be given by prefix. */
const KEY_PREFIX = 'meridian/leases/';

/** An entry with the revision of its last change: what a transaction compares. 0 for a key that is not there. */
type SeenEntry = Entry & { revision: string };

const KeyValues = z.object({ kvs: z.array(z.object({ value: z.string(), mod_revision: z.string() })).default([]) });
const Transaction = z.object({
  header: z.object({ revision: z.string() }),
  // The gateway leaves out what is false.
  succeeded: z.boolean().default(false),
  responses: z.array(z.object({ response_range: KeyValues.optional() })).default([]),
});
const Token = z.object({ token: z.string() });

/** Leases in etcd, through the JSON gateway of its members. */
export function createEtcdLeaseStore(options: EtcdLeaseStoreOptions): LeaseStore {
  const { post, close } = createGateway(options);
  const read = async (key: string, deadline: number) =>
    seenEntry(await post('kv/range', { key: etcdKey(key) }, KeyValues, deadline));
  const cell: Cell<SeenEntry> = {
    read,
    prepare: read,
    swap: async (key, seen, next, deadline) => {
      const transaction = transactionOf(etcdKey(key), seen, next);
      const { header, succeeded, responses } = await post('kv/txn', transaction, Transaction, deadline);
      return succeeded ? { ...next, revision: header.revision } : seenEntry(responses[0]?.response_range);
    },
    close,
  };
  return createLeaseStore(cell, options);
}

function transactionOf(key: string, seen: SeenEntry, next: Entry) {
  return {
    compare: [{ key, target: 'MOD', result: 'EQUAL', mod_revision: seen.revision }],
    success: [{ request_put: { key, value: encoded(JSON.stringify(next)) } }],
    failure: [{ request_range: { key } }],
  };
}

function seenEntry(range: z.infer<typeof KeyValues> | undefined): SeenEntry {
  const found = range?.kvs[0];
  if (!found) return { ...NO_ENTRY, revision: '0' };
  const entry = Entry.parse(JSON.parse(Buffer.from(found.value, 'base64').toString()));
  return { ...entry, revision: found.mod_revision };
}

function etcdKey(key: string): string {
  return encoded(`${KEY_PREFIX}${key}`);
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Asks the member that answered last; after a failure the next one is asked. */
function createGateway({ endpoints, user, timeoutMs, ca, cert, key }: EtcdLeaseStoreOptions) {
  const client = createJsonClient({ ca, cert, key });
  const shareMs = timeoutMs / endpoints.length;
  let current = 0;
  let token: string | undefined;

  async function ask<T>(path: string, body: unknown, shape: z.ZodType<T>, deadline: number): Promise<T> {
    const url = `${endpoints[current % endpoints.length]}/v3/${path}`;
    const answer = await client.post(url, body, deadline, token ? { authorization: token } : {});
    if (answer.status === 200) return shape.parse(answer.body);
    throw new LeaseStoreUnavailable(`${url} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 200)}`);
  }

  async function post<T>(path: string, body: unknown, shape: z.ZodType<T>, deadline: number): Promise<T> {
    const limit = Math.min(deadline, performance.now() + shareMs);
    try {
      if (user && !token) token = (await ask('auth/authenticate', user, Token, limit)).token;
      return await ask(path, body, shape, limit);
    } catch (error) {
      current += 1;
      // It may have run out, or its member may have forgotten it.
      token = undefined;
      throw error;
    }
  }

  return { post, close: () => client.close() };
}
