import fastify, { type FastifyInstance } from 'fastify';
import { heardSchema } from './messages';
import type { StoreSentinel } from './store-sentinel';

/** Hears what the other sentinels say. `sentinels`: by the key of the lease, as they are at that moment. */
export async function startSentinelServer(
  port: number,
  sentinels: ReadonlyMap<string, StoreSentinel>,
): Promise<FastifyInstance> {
  const server = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  server.post('/heard', async (request, reply) => {
    const message = heardSchema.safeParse(request.body);
    if (!message.success) return reply.code(400).send({ error: message.error.message });
    const { key, from, over } = message.data;
    sentinels.get(key)?.heard(from, over && { ...over, holder: over.holder });
    return {};
  });
  await server.listen({ port, host: '127.0.0.1' });
  return server;
}
