import { rmSync } from 'node:fs';
import { killMarked } from '../processes/kill-marked';
import { startLoadBalancer } from './load-balancer';
import { RegionDatabases } from './region-databases';
import type { RegionCallName, RegionCalls, RegionReply, RegionRequest, RegionSettings } from './region-protocol';
import { RegionServices } from './region-services';

/**
 * One region of one deployment: its load balancer, the parent of its tasks and the keeper of its databases. The first
 * message is its settings, every other one a call. Without its daemon it ends, and everything it started with it.
 */
process.once('message', (settings: RegionSettings) => {
  process.once('disconnect', () => void endEverything(settings));
  run(settings).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

async function run(settings: RegionSettings): Promise<void> {
  const services = new RegionServices(settings);
  const databases = new RegionDatabases(settings.logFolder);
  const calls: { [N in RegionCallName]: (input: RegionCalls[N]['input']) => Promise<RegionCalls[N]['result']> } = {
    configure: async (input) => {
      await services.configure(input.services);
      return {};
    },
    status: async ({ path }) => ({ services: await services.status(path) }),
    startDatabase: async (input) => databases.start(input),
    stopDatabase: ({ store, timeoutMs }) => databases.stop(store, timeoutMs),
    processes: async () => [...services.processes(), ...databases.processes()],
  };
  process.on('message', (request: RegionRequest) => {
    const call = calls[request.call] as (input: unknown) => Promise<unknown>;
    call(request.input).then(
      (result) => reply({ id: request.id, result }),
      (error: unknown) => reply({ id: request.id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  await startLoadBalancer(settings, services);
  reply({ id: 0, result: {} });
}

function reply(message: RegionReply): void {
  if (process.connected) process.send?.(message);
}

async function endEverything({ marker, folder }: RegionSettings): Promise<void> {
  await killMarked(marker).catch((error: unknown) => console.error(error));
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
