import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Faults } from '../../../lab/daemon/faults';
import type { Lab, Site } from '../../../lab/daemon/lab-state';
import { hasNoPower } from '../../../lab/daemon/power';
import { isGone } from '../../../lab/processes/is-gone';
import { until } from '../running-lab';

const region = 'eu-west-1';
const fault = { kind: 'kill-region', region } as const;
const scope = { account: 'default', application: 'orders', environment: 'staging' };
const marker = `faults-test-${process.pid}/`;

/** Says the time every millisecond, for as long as it lives. */
const BEATING = 'setInterval(() => console.log(Date.now()), 1)';

let victim: ChildProcess;
let beats = '';
let closed: Promise<unknown>;

beforeEach(async () => {
  beats = '';
  victim = spawn(process.execPath, ['-e', BEATING, marker], { stdio: ['ignore', 'pipe', 'inherit'] });
  victim.stdout?.on('data', (text: Buffer) => {
    beats += text.toString();
  });
  closed = once(victim, 'close');
  if (victim.stdout) await once(victim.stdout, 'data');
});
afterEach(() => {
  victim.kill('SIGKILL');
});

/** A lab with one region whose process is up again at once, and what each of its starts met. */
function labWith(configure: () => void, gone: () => Promise<void> = async () => undefined) {
  const process = {
    alive: true,
    get gone() {
      return gone();
    },
    call: async () => configure(),
  };
  const site = { ...scope, region, marker, services: [], storePorts: new Map(), process } as unknown as Site;
  const faults: Lab['faults'] = new Map();
  const deployments = new Map([
    ['default/orders/staging', { ...scope, sites: new Map([[region, site]]), witnesses: [] }],
  ]);
  return { lab: { deployments, faults, log: () => undefined } as unknown as Lab, faults };
}

test('a killed region did nothing after the time of the fault', async () => {
  const { at } = await new Faults(labWith(() => undefined).lab).inject('drill', fault, scope);
  await closed;
  const last = Number(beats.trim().split('\n').at(-1));
  expect(last).toBeGreaterThan(0);
  expect(last).toBeLessThanOrEqual(Date.parse(at));
});

test('an undo that comes during the kill waits for it, and then gives power back', async () => {
  const killedBefore: boolean[] = [];
  const { lab, faults } = labWith(() => killedBefore.push(isGone(victim.pid ?? 0)));
  const kept = new Faults(lab);
  await Promise.all([kept.inject('drill', fault, scope), kept.undo('drill')]);
  expect(killedBefore).toEqual([true]);
  expect([...faults.keys()]).toEqual([]);
});

test('a region that did not get its power back is still dead: the undo is done again', async () => {
  let tries = 0;
  const { lab, faults } = labWith(() => {
    tries += 1;
    if (tries === 1) throw new Error('service api did not stabilise');
  });
  const kept = new Faults(lab);
  await kept.inject('drill', fault, scope);
  await expect(kept.undo('drill')).rejects.toMatchObject({
    type: 'Platform.StackFailed',
    message: expect.stringContaining('has power again, but service api did not stabilise'),
  });
  expect([...faults.keys()]).toEqual(['drill']);
  await kept.undo('drill');
  expect(tries).toBe(2);
  expect([...faults.keys()]).toEqual([]);
  expect(await kept.undo('drill')).toEqual({});
});

test('one id is one fault, struck once', async () => {
  const kept = new Faults(labWith(() => undefined).lab);
  const [first, second] = await Promise.all([kept.inject('drill', fault, scope), kept.inject('drill', fault, scope)]);
  expect(second).toEqual(first);
});

describe('a fault that nobody undoes', () => {
  const isOver = (faults: Lab['faults']) => until('the fault is over', () => faults.size === 0, 5_000);

  test('is undone when its time has come', async () => {
    const { lab, faults } = labWith(() => undefined);
    await new Faults(lab).inject('drill', fault, scope, 100);
    expect(faults.size).toBe(1);
    await isOver(faults);
  });

  test('is undone even if it struck only half-way', async () => {
    let asked = 0;
    const { lab, faults } = labWith(
      () => undefined,
      async () => {
        asked += 1;
        if (asked === 1) throw new Error('the process table cannot be read');
      },
    );
    await expect(new Faults(lab).inject('drill', fault, scope, 100)).rejects.toThrow('process table');
    expect(isGone(victim.pid ?? 0)).toBe(true);
    await isOver(faults);
  });

  test('is undone even if whoever tried to failed half-way, and tried again until it succeeds', async () => {
    let tries = 0;
    const { lab, faults } = labWith(() => {
      tries += 1;
      if (tries < 3) throw new Error('service api did not stabilise');
    });
    const kept = new Faults(lab);
    await kept.inject('drill', fault, scope, 100);
    await expect(kept.undo('drill')).rejects.toThrow('did not stabilise');
    await isOver(faults);
    expect(tries).toBe(3);
  });

  test('does not end another of the same name that came after it', async () => {
    const { lab, faults } = labWith(() => undefined);
    const kept = new Faults(lab);
    await kept.inject('drill', fault, scope, 100);
    await kept.undo('drill');
    await kept.inject('drill', fault, scope);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([...faults.keys()]).toEqual(['drill']);
  });
});

describe('another deployment in the same region', () => {
  const production = { ...scope, environment: 'production' };

  test.each(['kill-region', 'freeze-region'] as const)('goes on when one suffers %s', async (kind) => {
    const { lab } = labWith(() => undefined);
    await new Faults(lab).inject('drill', { kind, region }, production);
    const before = beats.length;
    await until('it beats', () => beats.length > before + 1_000);
    expect(isGone(victim.pid ?? 0)).toBe(false);
  });

  test('keeps its power', async () => {
    const { lab } = labWith(() => undefined);
    await new Faults(lab).inject('drill', fault, scope);
    expect(hasNoPower(lab, { ...scope, region })).toBe(true);
    expect(hasNoPower(lab, { ...production, region })).toBe(false);
  });
});
