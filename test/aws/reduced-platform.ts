import type { StackRef } from '../../contracts/stack';
import type { Platform, StackChange } from '../../platforms/platform';
import { forMiniStack } from '../clouds/ministack-template';

/**
 * The AWS platform over a cloud that lacks resource types: templates lose them on their way out, and are told as they
 * were on their way in. For tests only; what is left out is listed in ministack-template.ts.
 */
export function reducedForMiniStack<P extends Platform>(platform: P): P {
  const originals = new Map<string, string>();
  const reduce = <C extends Omit<StackChange, 'token'>>(change: C): C => {
    const { text } = forMiniStack(change.template);
    originals.set(`${keyOf(change.ref)} ${text}`, change.template);
    return { ...change, template: text };
  };
  const { stacks } = platform;
  return {
    ...platform,
    stacks: {
      ...stacks,
      plan: (change) => stacks.plan(reduce(change)),
      apply: (change, context) => stacks.apply(reduce(change), context),
      template: async (ref) => {
        const text = await stacks.template(ref);
        return text && (originals.get(`${keyOf(ref)} ${text}`) ?? text);
      },
    },
  };
}

function keyOf({ account, region, name }: StackRef): string {
  return `${account}/${region}/${name}`;
}
