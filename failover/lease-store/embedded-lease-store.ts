import { createLeaseStore } from './compare-and-set';
import { createJsonClient, type JsonClient } from './json-client';
import { type LeaseStore, LeaseStoreUnavailable } from './lease-store';
import { type AskReplica, createProposer } from './proposer';
import { ReplicaAnswer } from './replica-protocol';

export interface EmbeddedLeaseStoreOptions {
  /** base URLs of all replicas of the store (replica-server.ts), an odd number of them, the same for everybody */
  replicas: readonly string[];
  /** of who asks, for people; needs not be unique */
  name: string;
  /** limit of every read and change as a whole */
  timeoutMs: number;
}

/** A lease store without a product: its replicas run in Meridian's own processes. */
export function createEmbeddedLeaseStore({ replicas, name, timeoutMs }: EmbeddedLeaseStoreOptions): LeaseStore {
  const client = createJsonClient();
  const proposer = createProposer(
    name,
    replicas.map((url) => askOver(client, url)),
  );
  return createLeaseStore({ ...proposer, close: () => client.close() }, { name, timeoutMs });
}

function askOver(client: JsonClient, url: string): AskReplica {
  return async (question, deadline) => {
    const { status, body } = await client.post(url, question, deadline);
    const answer = ReplicaAnswer.safeParse(body);
    if (status === 200 && answer.success) return answer.data;
    throw new LeaseStoreUnavailable(`${url} answered ${status}: ${JSON.stringify(body).slice(0, 200)}`);
  };
}
