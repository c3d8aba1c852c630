import { setTimeout as sleep } from 'node:timers/promises';
import type { Takeover } from '../../contracts/failover';
import { writePath } from '../../contracts/probe-contract';
import type { LabFault } from '../../lab/daemon/daemon-protocol';
import { startTestLab, stopTestLabs, type TestLab, until } from './running-lab';
import { FAR, PRIMARY, SampleDeployment, STANDBY, scope, store } from './sample-deployment';

const REGIONS = [PRIMARY, STANDBY, FAR];
/** Generous: the machine that runs tests is busy. The figures themselves are measured by `npm run test:ops`. */
const TAKEN_WITHIN_MS = 20_000;
const RESTART_ATTEMPTS = 3;

let lab: TestLab;

beforeAll(async () => {
  lab = await startTestLab();
  const deployment = new SampleDeployment(lab.daemon, { regions: REGIONS });
  await deployment.applyAll('base', 'connectivity', 'data', 'preview');
  await until('writes are taken', async () => (await write(PRIMARY, 1)).status === 201);
  await lab.daemon.call('data.automate', { ...store, chain: REGIONS, automation: 'automatic' });
}, 60_000);
afterAll(stopTestLabs);

let seq = 1;
const write = (region: string, number: number) => lab.askRegion(region, 'PUT', writePath('test', number));
const lease = async () => (await lab.daemon.call('data.lease', store)).lease;
const inject = (id: string, fault: LabFault) => lab.daemon.call('faults.inject', { ...scope, id, fault });
const undo = (id: string) => lab.daemon.call('faults.undo', { ...scope, id });
const takeovers = () => lab.daemon.call('data.takeovers', { ...store, since: new Date(0).toISOString() });
const other = (region: string) => (region === PRIMARY ? STANDBY : PRIMARY);

async function holder(): Promise<string> {
  const held = await lease();
  if (!held?.holder) throw new Error('nobody holds the lease');
  return held.holder;
}

async function awaitTakeover(from: string, epoch: number): Promise<string> {
  let to = from;
  await until(
    `somebody takes over from ${from}`,
    async () => {
      const held = await lease();
      to = held?.holder ?? from;
      return to !== from && (held?.epoch ?? 0) > epoch;
    },
    TAKEN_WITHIN_MS,
  );
  seq += 1;
  await until('writes are taken again', async () => (await write(to, seq)).status === 201, TAKEN_WITHIN_MS);
  return to;
}

/** The one that began the present epoch: told once a sentinel has seen that the new primary serves. */
async function takeover(): Promise<Takeover> {
  const epoch = (await lease())?.epoch;
  let found: Takeover | undefined;
  await until('the sentinels tell of it', async () => {
    found = (await takeovers()).find((one) => one.epoch === epoch);
    return found !== undefined;
  });
  if (!found) throw new Error(`no takeover of epoch ${epoch}`);
  return found;
}

async function rejoin(region: string): Promise<void> {
  const held = await lease();
  const answer = await lab.daemon.call('data.rejoin', { ...store, region, epoch: held?.epoch ?? 0 });
  expect(answer).toMatchObject({ role: 'standby' });
}

test('a database that is killed comes back where it was, and keeps its lease', async () => {
  for (let attempt = 1; attempt <= RESTART_ATTEMPTS; attempt += 1) {
    const before = await lease();
    const region = await holder();
    await inject('crash', { kind: 'kill-database', region, store: 'orders', comesBack: true });
    await undo('crash');
    seq += 1;
    await until('writes are taken again', async () => (await write(region, seq)).status === 201);
    const after = await lease();
    if (after?.holder === region) return expect(after).toEqual(before);
    // a machine that is busy brings it back later than its keeper waits: nobody else may have found it dead
    expect((await takeover()).fence.kind).toBe('processes-gone');
    await rejoin(region);
  }
  throw new Error(`it came back in none of ${RESTART_ATTEMPTS} attempts`);
}, 60_000);

test('a database that does not come back is replaced, while its keeper lives', async () => {
  const before = await lease();
  const from = await holder();
  await inject('disk', { kind: 'kill-database', region: from, store: 'orders', comesBack: false });
  const to = await awaitTakeover(from, before?.epoch ?? 0);
  await undo('disk');
  await rejoin(from);
  expect(await takeover()).toMatchObject({ to, fence: { kind: 'processes-gone' } });
});

test.each<[string, (region: string) => LabFault]>([
  ['loses its power', (region) => ({ kind: 'kill-region', region })],
  ['stands still', (region) => ({ kind: 'freeze-region', region })],
  ['is cut off', (region) => ({ kind: 'cut-region', region })],
])(
  'a region that %s is replaced by the sentinels, with nobody asked',
  async (name, faultOf) => {
    const before = await lease();
    const from = await holder();
    await inject(name, faultOf(from));
    const to = await awaitTakeover(from, before?.epoch ?? 0);
    // it comes back and believes nothing of what it knew
    await undo(name);
    await sleep(500);
    expect(await holder()).toBe(to);
    await rejoin(from);
    const regions = REGIONS;
    expect(await lab.daemon.call('data.compare', { ...store, regions })).toMatchObject({ consistent: true });
  },
  60_000,
);

test('a planned hand-over moves the lease, and the old primary comes back as a standby', async () => {
  const from = await holder();
  const to = other(from);
  const before = await lease();
  const move = { ...store, from, to, epoch: (before?.epoch ?? 0) + 1 };
  const { heldMs } = await lab.daemon.call('data.handOver', move);
  expect(heldMs).toBeGreaterThan(0);
  // as if the answer had been lost: asking again finds out
  expect(await lab.daemon.call('data.handOver', move)).toMatchObject({
    heldMs: 0,
    fence: { kind: 'stopped-cleanly', region: from },
  });
  expect(await lease()).toMatchObject({ holder: to, epoch: (before?.epoch ?? 0) + 1 });
  seq += 1;
  await until('writes are taken again', async () => (await write(FAR, seq)).status === 201);
  await rejoin(from);
});
