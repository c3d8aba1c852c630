import { z } from 'zod';
import { regionSpecSchema, trafficSpecSchema } from '../../contracts/region-spec';

export const integratePlatformInputSchema = z.object({
  specs: z.array(regionSpecSchema).min(1),
  traffic: z.object({ preview: trafficSpecSchema, production: trafficSpecSchema }),
});
export type IntegratePlatformInput = z.infer<typeof integratePlatformInputSchema>;

const probeSchema = z.object({
  service: z.string(),
  asks: z.string().describe('port and path, for example "8080/health/live"'),
  by: z.enum(['load-balancer', 'container']),
  intervalSeconds: z.number(),
  healthyAfter: z.number().int(),
  unhealthyAfter: z.number().int(),
});

const serviceWiringSchema = z.object({
  service: z.string(),
  image: z.string(),
  registry: z.string(),
  tasks: z.number().int(),
  reachedBy: z.string().describe('how others reach it'),
  variables: z.array(z.string()).describe('names of all variables that its tasks get'),
  secrets: z.array(z.string()).describe('names of the variables among them that are references to secrets'),
});

const recordSchema = z.object({
  hostname: z.string(),
  routing: z.string(),
  policy: z.string(),
  healthCheck: z.string(),
});

/** How one region is wired: what runs where, who asks whether it is well, how it is reached. */
export const regionWiringSchema = z.object({
  region: z.string(),
  role: z.string(),
  cluster: z.string(),
  zones: z.array(z.string()),
  probes: z.array(probeSchema),
  services: z.array(serviceWiringSchema),
  stores: z.array(z.object({ store: z.string(), role: z.string(), writes: z.string(), reads: z.string() })),
  peers: z.array(z.string()),
  records: z.array(recordSchema),
});
export type RegionWiring = z.infer<typeof regionWiringSchema>;
