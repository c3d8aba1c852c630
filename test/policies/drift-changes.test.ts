import { withDriftReverted } from '../../policies/drift-changes';

const changed = (resource: string, ...paths: string[]) => ({
  resource,
  type: 'T',
  kind: 'changed' as const,
  differences: paths.map((path) => ({ path, expected: '1', actual: '2' })),
});

test('without drift the plan is the plan', () => {
  const planned = [{ action: 'change' as const, resource: 'A', type: 'T' }];
  expect(withDriftReverted(planned, [])).toEqual(planned);
});

test('each resource stays one line: drift of what changes anyway adds its paths', () => {
  const planned = [{ action: 'replace' as const, resource: 'A', type: 'T', properties: ['Size', 'Name'] }];
  expect(withDriftReverted(planned, [changed('A', 'Name', 'Tags'), changed('B', 'Port')])).toEqual([
    { action: 'replace', resource: 'A', type: 'T', properties: ['Name', 'Size', 'Tags'] },
    { action: 'change', resource: 'B', type: 'T', properties: ['Port'] },
  ]);
});

test('what somebody deleted is created again, also where the template changes it', () => {
  const deleted = { resource: 'A', type: 'T', kind: 'deleted' as const, differences: [] };
  const create = { action: 'create', resource: 'A', type: 'T' };
  expect(withDriftReverted([], [deleted])).toEqual([create]);
  expect(withDriftReverted([{ action: 'change', resource: 'A', type: 'T' }], [deleted])).toEqual([create]);
});
