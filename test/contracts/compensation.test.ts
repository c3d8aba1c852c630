import fc from 'fast-check';
import { compensationFor } from '../../contracts/compensation';
import type { BeforeImage, StackRef } from '../../contracts/stack';

const ref: fc.Arbitrary<StackRef> = fc.record({
  account: fc.constantFrom('default', 'other'),
  region: fc.constantFrom('us-east-1', 'eu-west-1'),
  kind: fc.constantFrom('base', 'connectivity', 'data', 'preview', 'global'),
  name: fc.string({ minLength: 1 }),
});
const before: fc.Arbitrary<BeforeImage> = fc.oneof(
  fc.constant({ state: 'absent' as const }),
  fc.record({
    state: fc.constant('present' as const),
    template: fc.record({ uri: fc.webUrl(), sha256: fc.stringMatching(/^[0-9a-f]{64}$/), bytes: fc.nat() }),
    parameters: fc.dictionary(fc.string(), fc.string()),
    generation: fc.nat(),
  }),
);

describe('compensation', () => {
  it('never destroys a stack that was there before, whoever made it', () => {
    fc.assert(
      fc.property(ref, fc.integer({ min: 1 }), before, (stack, generation, image) => {
        const way = compensationFor(stack, generation, image);
        if (image.state === 'present') {
          expect(way).toEqual({ act: 'restore', ref: stack, generation, before: image });
        } else {
          expect(way).toEqual({ act: 'delete-own', ref: stack, generation });
        }
      }),
    );
  });
});
