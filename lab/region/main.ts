import { rmSync } from 'node:fs';
import { answerCalls } from '../processes/answer-calls';
import { killMarked } from '../processes/kill-marked';
import { startLoadBalancer } from './load-balancer';
import type { RegionCalls, RegionSettings } from './region-protocol';
import { RegionServices } from './region-services';

/**
 * One region of one deployment: its load balancer and the parent of its tasks. Without its daemon it ends, and
 * everything of the region with it, databases and their keeper included.
 */
answerCalls<RegionCalls, RegionSettings>(
  async (settings) => {
    const services = new RegionServices(settings);
    await startLoadBalancer(settings, services);
    return {
      configure: async (input) => {
        await services.configure(input.services);
        return {};
      },
      status: async ({ path }) => ({ services: await services.status(path) }),
      processes: async () => services.processes(),
    };
  },
  async ({ marker, folder }) => {
    await killMarked(marker);
    rmSync(folder, { recursive: true, force: true });
  },
);
