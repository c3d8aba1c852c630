import fastify from 'fastify';
import { z } from 'zod';
import type { EdgeHostnames } from './edge-hostnames';

const failoverSchema = z.object({
  application: z.string(),
  environment: z.string(),
  store: z.string(),
  from: z.string(),
  to: z.string(),
  epoch: z.number().int().positive(),
});

/**
 * What sentinels may tell the edge without asking anybody, as they would the data plane of a DNS service. Returns the
 * loopback port. News of an older epoch than the edge has heard of that store changes nothing.
 */
export async function startEdgeControl(hostnames: EdgeHostnames): Promise<number> {
  const server = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  server.post('/fail-over', async (request, reply) => {
    const failover = failoverSchema.safeParse(request.body);
    if (!failover.success) return reply.code(400).send({ error: failover.error.message });
    hostnames.failOver(failover.data);
    return {};
  });
  return Number(new URL(await server.listen({ port: 0, host: '127.0.0.1' })).port);
}
