import type { LiveOperationRequest } from '../../contracts/messages';
import { KilledWorld } from './killed-world';

jest.setTimeout(300_000);

let world: KilledWorld;
beforeAll(async () => {
  world = await KilledWorld.start();
});
afterAll(() => world.stop());

async function start(
  request: Omit<Extract<LiveOperationRequest, { region: string }>, 'requester'>,
  { act, after }: { act: string; after: boolean },
) {
  const { key, record } = await world.copy();
  const kills = killAt(act, after);
  const workflowId = await world.begin(key, { ...request, requester: 'ada' } as LiveOperationRequest);
  return { result: world.result(workflowId), kills, record, cloud: world.cloud };
}

/** Kills the worker the first time that it asks for an act; `after`: the act has happened, nobody hears of it. */
function killAt(name: string, after: boolean): () => number {
  let kills = 0;
  world.cloud.intercept = async (call, act) => {
    if (call.name !== name || kills > 0) return act();
    kills += 1;
    if (after) await act();
    await world.worker.kill();
    throw new Error('nobody listens any more');
  };
  return () => kills;
}

const CASES = ['drain', 'handOver', 'shift', 'writeAndRead', 'rejoin'].flatMap((act) => [
  [act, false] as const,
  [act, true] as const,
]);

test.each(CASES)(
  'a switchover whose worker is killed at %s (after it happened: %s) is finished by another',
  async (act, after) => {
    const [to] = world.live.others;
    const { result, record, kills, cloud } = await start({ kind: 'switchover', region: to }, { act, after });
    expect(await result).toMatchObject({ outcome: 'done', left: [] });
    expect(kills()).toBe(1);
    expect(await record()).toMatchObject({ primary: to, drained: [], fenced: [] });
    expect(cloud.drained).toEqual([]);
    const writers = [...cloud.databases.values()].filter(({ role, fenced }) => role === 'primary' && !fenced);
    expect(writers.map(({ region }) => region)).toEqual([to]);
    expect(cloud.acts.filter((one) => one.startsWith('hand over'))).toEqual([`hand over to ${to}`]);
  },
);

test.each(['fence', 'promote', 'shift'])(
  'a promotion whose worker is killed after %s is finished by another',
  async (act) => {
    const [to] = world.live.others;
    const { result, record, cloud } = await start({ kind: 'promote-region', region: to }, { act, after: true });
    expect(await result).toMatchObject({ outcome: 'done', left: [] });
    expect(await record()).toMatchObject({ primary: to, fenced: [{ region: world.live.primary }] });
    expect(cloud.databases.get(world.live.primary)).toMatchObject({ fenced: true });
  },
);
