import type { StackRef } from '../../contracts/stack';
import { TAG_GENERATION } from '../../contracts/stack';
import { FakeCloud } from '../../platforms/fake/fake-cloud';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import type { CallContext, StackChange } from '../../platforms/platform';
import { platformContract } from './platform-contract';

platformContract('fake', async () => createFakePlatform(new FakeCloud()));

describe('the fake cloud', () => {
  const context: CallContext = { signal: new AbortController().signal, heartbeat: () => undefined };
  const ref: StackRef = { account: 'default', region: 'eu-west-1', kind: 'base', name: 'orders-staging-base' };
  const change = (token: string, generation = 1): StackChange => ({
    ref,
    template: JSON.stringify({ Description: `generation ${generation}`, Resources: {} }),
    parameters: {},
    tags: { [TAG_GENERATION]: String(generation) },
    token,
  });
  const setUp = () => {
    const cloud = new FakeCloud();
    return { cloud, stacks: createFakePlatform(cloud).stacks };
  };

  it('logs each act with what it did, and repeated tokens not at all', async () => {
    const { cloud, stacks } = setUp();
    for (const token of ['a', 'a']) await stacks.apply(change(token), context);
    await stacks.apply(change('b', 2), context);
    await stacks.destroy({ ref, token: 'c' }, context);
    expect(cloud.log).toEqual([
      { call: 'apply', region: 'eu-west-1', kind: 'base', effect: 'created', generation: 1, token: 'a' },
      {
        call: 'apply',
        region: 'eu-west-1',
        kind: 'base',
        effect: 'changed',
        generation: 2,
        generationBefore: 1,
        token: 'b',
      },
      { call: 'destroy', region: 'eu-west-1', kind: 'base', effect: 'destroyed', generation: 2, token: 'c' },
    ]);
  });

  it('refuses the late attempt that would make a destroyed stack again', async () => {
    const { cloud, stacks } = setUp();
    await stacks.apply(change('a'), context);
    await stacks.destroy({ ref, token: 'b' }, context);
    await expect(stacks.apply(change('a'), context)).rejects.toMatchObject({ type: 'Platform.Refused' });
    expect(cloud.stacks.size).toBe(0);
    await stacks.apply(change('c'), context);
    expect(cloud.stacks.size).toBe(1);
  });

  it('refuses a token that was used for another stack', async () => {
    const { stacks } = setUp();
    await stacks.apply(change('a'), context);
    const other = { ...change('a'), ref: { ...ref, region: 'us-east-1' } };
    await expect(stacks.apply(other, context)).rejects.toMatchObject({ type: 'Platform.Refused' });
  });

  it('lets a test stand before every call, which it names by how often it came', async () => {
    const { cloud, stacks } = setUp();
    const seen: string[] = [];
    cloud.intercept = (call, act) => {
      seen.push(`${call.name} ${call.region}/${call.kind} ${call.nth}`);
      return call.nth === 2 ? Promise.reject(new Error('cut')) : act();
    };
    await stacks.describe(ref);
    await expect(stacks.describe(ref)).rejects.toThrow('cut');
    await stacks.template(ref);
    expect(seen).toEqual(['describe eu-west-1/base 1', 'describe eu-west-1/base 2', 'template eu-west-1/base 1']);
  });

  it('can be copied: what happens to the copy does not happen to it', async () => {
    const { cloud, stacks } = setUp();
    await stacks.apply(change('a'), context);
    const copy = cloud.copy();
    await createFakePlatform(copy).stacks.apply(change('a'), context);
    expect(copy.log).toEqual([]);
    await createFakePlatform(copy).stacks.destroy({ ref, token: 'b' }, context);
    expect([cloud.stacks.size, copy.stacks.size]).toEqual([1, 0]);
  });
});
