import { changedValues } from '../../../skills/deployment-strategy-designer/changed-values';

const template = (resources: object) => JSON.stringify({ Resources: resources });
const service = (image: string, more: object = {}) => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: {
    ContainerDefinitions: [{ Name: 'api', Image: image }],
    Tags: [{ Key: 'a', Value: { Ref: 'P' } }],
    ...more,
  },
});

test('says which value becomes which, by path; what stays, comes or goes as a whole says nothing', () => {
  const before = template({ Api: service('orders:1.0', { Cpu: '256' }), Gone: service('x:1'), Same: service('y:1') });
  const after = template({ Api: service('orders:1.1', { Memory: 512 }), New: service('x:1'), Same: service('y:1') });
  expect([...changedValues(before, after)]).toEqual([
    [
      'Api',
      [
        { path: 'ContainerDefinitions.0.Image', from: 'orders:1.0', to: 'orders:1.1' },
        { path: 'Cpu', from: '256' },
        { path: 'Memory', to: '512' },
      ],
    ],
  ]);
});

test('shortens long values and lists at most ten', () => {
  const many = (value: string) => Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`P${index}`, value]));
  const values = changedValues(
    template({ Api: { Properties: many('a'.repeat(500)) } }),
    template({ Api: { Properties: many('b'.repeat(500)) } }),
  ).get('Api');
  expect(values).toHaveLength(10);
  expect(values?.every(({ from, to }) => from?.length === 120 && to?.endsWith('…'))).toBe(true);
});

test('a stack that is not there yet has none', () => {
  expect(changedValues('{}', template({ Api: service('orders:1.0') })).size).toBe(0);
});
