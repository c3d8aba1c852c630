import { UsedTokens } from '../../../lab/daemon/used-tokens';
import { LabError } from '../../../lab/lab-error';

const refused = (message: string) => ({ type: 'Platform.Refused', message: expect.stringContaining(message) });

/** An act that counts how often it was done. */
function counted(outcome: () => string = () => 'ready') {
  const act = jest.fn(async () => outcome());
  return { act, times: () => act.mock.calls.length };
}

test('a token acts once, and only for its stack', async () => {
  const tokens = new UsedTokens<string>();
  const { act, times } = counted();
  expect(await Promise.all([tokens.once('t', 'a', act), tokens.once('t', 'a', act)])).toEqual(['ready', 'ready']);
  expect(times()).toBe(1);
  expect(() => tokens.once('t', 'b', act)).toThrow(expect.objectContaining(refused('was used for the stack a')));
});

test('what failed stays the answer; what was out of reach may be tried again', async () => {
  const tokens = new UsedTokens<string>();
  const failing = (type: 'Platform.StackFailed' | 'Platform.Unavailable') =>
    counted(() => {
      throw new LabError(type, 'no');
    });
  for (const [type, times] of [
    ['Platform.StackFailed', 1],
    ['Platform.Unavailable', 2],
  ] as const) {
    const counting = failing(type);
    await expect(tokens.once(type, 'a', counting.act)).rejects.toThrow('no');
    await expect(tokens.once(type, 'a', counting.act)).rejects.toThrow('no');
    expect(counting.times()).toBe(times);
  }
});

test('a spent token acts no more, even one whose only attempt was out of reach', async () => {
  const tokens = new UsedTokens<string>();
  const unreachable = counted(() => {
    throw new LabError('Platform.Unavailable', 'no');
  });
  await expect(tokens.once('t', 'a', unreachable.act)).rejects.toThrow('no');
  tokens.spend('a', tokens.usedFor('a'));
  const { act, times } = counted();
  expect(() => tokens.once('t', 'a', act)).toThrow(
    expect.objectContaining(refused('token: t was used for a stack that is destroyed')),
  );
  expect(times()).toBe(0);
  expect(await tokens.once('next generation', 'a', act)).toBe('ready');
});

test('spent tokens are kept up to a number, newest last', async () => {
  const tokens = new UsedTokens<string>();
  const all = Array.from({ length: 10_001 }, (_, index) => `t${index}`);
  tokens.spend('a', all);
  expect(() => tokens.refuseForeign('t1', 'a')).toThrow('is destroyed');
  expect(() => tokens.refuseForeign('t0', 'a')).not.toThrow();
});
