import fastify, { type FastifyInstance } from 'fastify';
import type { Lease } from '../protocol/lease';
import { type KeeperMessageName, keeperMessages } from './messages';
import type { StoreKeeper } from './store-keeper';

const BODY_LIMIT_BYTES = 64 * 1024;

/** Answers what sentinels and other keepers say. `keepers`: by the key of the lease, as they are at that moment. */
export async function startKeeperServer(
  port: number,
  keepers: ReadonlyMap<string, StoreKeeper>,
): Promise<FastifyInstance> {
  const server = fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  const keeperOf = (key: string) => {
    const keeper = keepers.get(key);
    if (!keeper) throw Object.assign(new Error(`key: no store ${key} is kept here`), { statusCode: 404 });
    return keeper;
  };
  const on = <N extends KeeperMessageName>(
    name: N,
    answer: (message: ReturnType<(typeof keeperMessages)[N]['parse']>) => Promise<object>,
  ) =>
    server.post(`/${name}`, async (request, reply) => {
      const message = keeperMessages[name].safeParse(request.body);
      if (!message.success) return reply.code(400).send({ error: message.error.message });
      return answer(message.data as ReturnType<(typeof keeperMessages)[N]['parse']>);
    });
  on('appoint', async ({ key, epoch }) => {
    keeperOf(key).appointed(epoch);
    return {};
  });
  on('call', async ({ key, lease }) => ({
    taken: await keeperOf(key).called({ ...lease, holder: lease.holder }),
  }));
  on('changed', async ({ key, lease, serves }) => {
    keeperOf(key).leaseChanged({ ...lease, holder: lease.holder } satisfies Lease, serves);
    return {};
  });
  on('take', async ({ key, from, epoch, position }) => {
    const { timeline, bytes } = position;
    return { taken: await keeperOf(key).handedOver(from, epoch, { timeline, bytes: BigInt(bytes) }) };
  });
  on('ready', async ({ key }) => {
    keeperOf(key).getReady();
    return {};
  });
  on('describe', ({ key }) => keeperOf(key).describe());
  await server.listen({ port, host: '127.0.0.1' });
  return server;
}
