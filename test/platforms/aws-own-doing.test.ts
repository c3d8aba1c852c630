import { withoutOwnDoing } from '../../platforms/aws/own-doing';

const tag = (key: string) => ({ path: '/Tags/1', expected: 'null', actual: `{"Key":"${key}","Value":"3"}` });
const database = (differences: Array<{ path: string; expected: string; actual: string }>) => ({
  resource: 'DatabaseOrdersDb',
  type: 'AWS::RDS::DBInstance',
  kind: 'changed' as const,
  differences,
});
const groups = { path: '/VPCSecurityGroups/0', expected: 'sg-1', actual: 'sg-2' };

test('a drain and a fence are no drift', () => {
  const drained = {
    resource: 'HealthCheckEuWest1',
    type: 'AWS::Route53::HealthCheck',
    kind: 'changed' as const,
    differences: ['Disabled', 'Inverted'].map((name) => ({
      path: `/HealthCheckConfig/${name}`,
      expected: 'false',
      actual: 'true',
    })),
  };
  const fenced = database([groups, tag('meridian:ingress-closed'), tag('meridian:fenced'), tag('meridian:epoch')]);
  expect(withoutOwnDoing([drained, fenced])).toEqual([]);
});

test('what somebody changed by hand stays, beside what Meridian did', () => {
  const size = { path: '/DBInstanceClass', expected: 'db.t4g.small', actual: 'db.t4g.large' };
  expect(withoutOwnDoing([database([size, tag('meridian:epoch')])])).toEqual([database([size])]);
  expect(withoutOwnDoing([database([groups])])).toEqual([database([groups])]);
  expect(withoutOwnDoing([database([tag('team')])])).toEqual([database([tag('team')])]);
  expect(withoutOwnDoing([{ ...database([]), kind: 'deleted' as const }])).toHaveLength(1);
});
