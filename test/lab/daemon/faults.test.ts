import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Faults } from '../../../lab/daemon/faults';
import type { Lab, Site } from '../../../lab/daemon/lab-state';
import { isGone } from '../../../lab/processes/is-gone';

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
function labWith(configure: () => void) {
  const process = {
    alive: true,
    gone: Promise.resolve(),
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
