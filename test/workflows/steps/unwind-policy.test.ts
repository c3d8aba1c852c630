import fc from 'fast-check';
import { stepNameSchema } from '../../../contracts/decision';
import { unwindPolicy } from '../../../workflows/steps/unwind';

const facts = fc.record({
  step: fc.constantFrom(...stepNameSchema.options),
  isChange: fc.boolean(),
  onFailure: fc.constantFrom('keep-dark' as const, 'rollback-all' as const),
  aborted: fc.boolean(),
});

describe('what is undone after a failure', () => {
  it('is nothing when only a topology was designed', () => {
    fc.assert(fc.property(facts, (one) => expect(unwindPolicy({ ...one, step: 'topology' }).undo).toBe('nothing')));
  });

  it('is everything when a live deployment was being changed', () => {
    fc.assert(
      fc.property(facts, (one) => {
        fc.pre(one.step !== 'topology');
        expect(unwindPolicy({ ...one, isChange: true })).toEqual({ undo: 'all', verdict: 'rolled-back' });
      }),
    );
  });

  it.each([
    ['regions', 'keep-dark', 'nothing', 'rolled-back'],
    ['regions', 'rollback-all', 'all', 'rolled-back'],
    ['replication', 'keep-dark', 'nothing', 'failed'],
    ['replication', 'rollback-all', 'all', 'rolled-back'],
    ['validation', 'keep-dark', 'nothing', 'blocked'],
    ['validation', 'rollback-all', 'nothing', 'blocked'],
  ] as const)(
    'of a first deployment that failed in step %s with %s is %s, called %s',
    (step, onFailure, undo, verdict) => {
      expect(unwindPolicy({ step, onFailure, isChange: false, aborted: false })).toEqual({ undo, verdict });
    },
  );

  it('never calls anything promoted', () => {
    fc.assert(fc.property(facts, (one) => expect(unwindPolicy(one).verdict).not.toBe('promoted')));
  });
});
