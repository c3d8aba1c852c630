import { trafficWeights } from '../../policies/traffic-weights';

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-1', 'us-west-2'];
const places = (...roles: Array<'primary' | 'standby' | 'replica'>) =>
  roles.map((role, index) => ({ region: REGIONS[index]!, role }));
const as = (...roles: Array<'primary' | 'standby' | 'replica'>) => trafficWeights(places(...roles));

test('three regions share 70, 20 and 10 percent', () => {
  expect(as('primary', 'replica', 'replica')).toEqual([70, 20, 10]);
});

test('a standby takes none, and all shares sum to 100 percent', () => {
  expect(as('primary', 'standby', 'standby')).toEqual([100, 0, 0]);
  expect(as('primary', 'standby', 'replica', 'replica').reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(100, 9);
  expect(as('standby', 'standby')).toEqual([50, 50]);
});

test('what a request says for a region counts, also for a standby; the others keep their own weight', () => {
  const overrides = { 'eu-west-1': { weight: 70 }, 'ap-southeast-1': { weight: 0 } };
  expect(trafficWeights(places('primary', 'standby', 'replica'), overrides)).toEqual([50, 50, 0]);
  expect(trafficWeights(places('primary', 'replica'), { 'us-east-1': { weight: 0 } })).toEqual([0, 100]);
  expect(trafficWeights(places('primary'), { 'us-east-1': { weight: 0 } })).toEqual([100]);
});
