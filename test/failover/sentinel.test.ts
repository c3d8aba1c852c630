import type { Lease } from '../../failover/protocol/lease';
import { newSentinel, type SentinelEvent, sentinelStep } from '../../failover/protocol/sentinel';
import { DEFAULT_TIMING } from '../../failover/protocol/timing';

const NAMES = ['one', 'two', 'three'];
const TICK_MS = 50;
const plan = { chain: ['a', 'b'], members: ['a', 'b'], acknowledgedBy: 0 };
const given: Lease = { holder: undefined, epoch: 4, renewal: 7 };
const held: Lease = { holder: 'a', epoch: 4, renewal: 6 };

/** Three sentinels whose messages arrive at once, and no standby that answers: what they tell each other. */
function messagesOf(lease: Lease, forMs: number): number {
  const states = new Map(NAMES.map((name) => [name, newSentinel(name)]));
  let told = 0;
  const step = (name: string, event: SentinelEvent): void => {
    const { state, actions } = sentinelStep(states.get(name) ?? newSentinel(name), event, DEFAULT_TIMING, plan);
    states.set(name, state);
    for (const action of actions) {
      if (action.kind !== 'tell') continue;
      for (const other of NAMES.filter((one) => one !== name)) {
        told += 1;
        step(other, { kind: 'heard', now: 'now' in event ? event.now : 0, from: name, over: action.over });
      }
    }
  };
  for (const name of NAMES) step(name, { kind: 'lease-read', now: 0, lease });
  for (let now = 0; now <= forMs; now += TICK_MS) for (const name of NAMES) step(name, { kind: 'tick', now });
  return told;
}

test('sentinels of one mind tell each other so twice a second, not for every word of the others', () => {
  const twiceASecond = (forMs: number) => (forMs / DEFAULT_TIMING.renewEveryMs + 1) * NAMES.length * 2;
  expect(messagesOf(given, 10_000)).toBe(twiceASecond(10_000));
  expect(messagesOf(held, DEFAULT_TIMING.leaseMs + 5_000)).toBe(twiceASecond(5_000));
  expect(messagesOf(held, DEFAULT_TIMING.leaseMs - TICK_MS)).toBe(0);
});

test('the second of the same mind asks the standbys when it hears, before its next tick', () => {
  let state = newSentinel('one');
  const step = (event: SentinelEvent) => {
    const next = sentinelStep(state, event, DEFAULT_TIMING, plan);
    state = next.state;
    return next.actions.map(({ kind }) => kind);
  };
  step({ kind: 'lease-read', now: 0, lease: held });
  expect(step({ kind: 'tick', now: DEFAULT_TIMING.leaseMs })).toEqual(['tell']);
  expect(step({ kind: 'heard', now: DEFAULT_TIMING.leaseMs + 1, from: 'two', over: held })).toEqual(['ask-standbys']);
});
