import { trafficWeights } from '../../policies/traffic-weights';

const as = (...roles: Array<'primary' | 'standby' | 'replica'>) => trafficWeights(roles.map((role) => ({ role })));

test('three regions share 70, 20 and 10 percent', () => {
  expect(as('primary', 'replica', 'replica')).toEqual([70, 20, 10]);
});

test('a standby takes none, and all shares sum to 100 percent', () => {
  expect(as('primary', 'standby', 'standby')).toEqual([100, 0, 0]);
  expect(as('primary', 'standby', 'replica', 'replica').reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(100, 9);
  expect(as('standby', 'standby')).toEqual([50, 50]);
});
