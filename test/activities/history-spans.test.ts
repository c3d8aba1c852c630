import fc from 'fast-check';
import { coveredMs, type Span } from '../../activities/timing/history-spans';

const span: fc.Arbitrary<Span> = fc
  .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 50 }))
  .map(([fromMs, lengthMs]) => ({ fromMs, toMs: fromMs + lengthMs }));

describe('time covered by spans', () => {
  it('counts every millisecond once, however the spans overlap', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 20 }), (spans) => {
        const covered = new Set(
          spans.flatMap(({ fromMs, toMs }) => Array.from({ length: toMs - fromMs }, (_, i) => fromMs + i)),
        );
        expect(coveredMs(spans)).toBe(covered.size);
      }),
    );
  });
});
