import { FAILURE_TYPES } from '../../../contracts/failure-types';
import { isWorthExplaining } from '../../../workflows/steps/explain-failure';

const explained = (step: 'regions' | 'validation') => FAILURE_TYPES.filter((type) => isWorthExplaining({ step, type }));

describe('what a failure analyst is asked about', () => {
  it('is a platform, a region or a database that did not do as told', () => {
    const groups = new Set(explained('regions').map((type) => type.split('.')[0]));
    expect(groups).toEqual(new Set(['Platform', 'Region', 'Replication', 'Drill', 'Internal']));
  });

  it.each([
    'Request.Invalid',
    'Plan.Blocked',
    'Approval.Rejected',
    'Approval.Expired',
    'Operation.Aborted',
    'Replication.Unsatisfiable',
    'Model.Unavailable',
  ] as const)('is not %s: it says itself what to do', (type) => {
    expect(isWorthExplaining({ step: 'regions', type })).toBe(false);
  });

  it('is in step 4 only a drill that broke off: the validation analyst has the rest', () => {
    expect(explained('validation')).toEqual(['Drill.Failed']);
  });
});
