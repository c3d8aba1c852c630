import { deploymentRows, renderStatusList, stateText } from '../../../clients/cli/render-status';
import type { OperationListing } from '../../../clients/observe';

function operation(changes: Partial<OperationListing>): OperationListing {
  const { kind = 'deploy', application = 'orders', generation = 1 } = changes;
  return {
    kind,
    application,
    environment: 'staging',
    generation,
    workflowId: `${kind}/${application}/staging/${generation}`,
    runId: 'run',
    status: 'COMPLETED',
    phase: undefined,
    startedAt: '2026-11-21T08:00:00.000Z',
    endedAt: undefined,
    ...changes,
  };
}

test.each([
  ['RUNNING', 'approval', 'waiting for approval'],
  ['RUNNING', 'validation', 'validation'],
  ['RUNNING', undefined, 'running'],
  ['COMPLETED', 'promoted', 'promoted'],
  ['COMPLETED', 'rolled-back', 'rolled-back'],
  ['COMPLETED', undefined, 'completed'],
  ['COMPLETED', 'unchanged', 'nothing to do'],
  ['COMPLETED', 'approval', 'completed'],
  ['TERMINATED', 'approval', 'terminated'],
  ['TIMED_OUT', 'regions', 'timed out'],
])('%s in phase %s reads "%s"', (status, phase, text) => {
  expect(stateText({ status, phase })).toBe(text);
});

test('columns are as wide as the longest name', () => {
  const long = 'a-name-as-long-as-names-may-get-x';
  const rows = deploymentRows([
    operation({ application: long, status: 'RUNNING', phase: 'approval' }),
    operation({ generation: 12, phase: 'promoted' }),
  ]);
  const lines = renderStatusList(rows).trimEnd().split('\n');
  expect(lines[0]).toMatch(/^DEPLOYMENT +NEWEST +STATE +LIVE +STARTED$/);
  expect(lines[1]).toBe(`${long}/staging  deploy 1   waiting for approval  -              2026-11-21 08:00:00 UTC`);
  for (const header of ['NEWEST', 'STATE', 'LIVE', 'STARTED']) {
    const column = lines[0]!.indexOf(header);
    for (const line of lines) expect(line.slice(column - 2, column + 1)).toMatch(/^ {2}\S$/);
  }
});

const promoted = operation({ generation: 1, phase: 'promoted' });
test.each([
  ['the newest, promoted', [operation({ generation: 2, phase: 'promoted' }), promoted], 2],
  ['the one before a rollback', [operation({ generation: 2, phase: 'rolled-back' }), promoted], 1],
  ['the one before what still runs', [operation({ generation: 2, status: 'RUNNING', phase: 'regions' }), promoted], 1],
  ['none after a retirement', [operation({ kind: 'retire', generation: 2 }), promoted], undefined],
  [
    'what a waiting retirement has not touched',
    [operation({ kind: 'retire', generation: 2, status: 'RUNNING', phase: 'approval' }), promoted],
    1,
  ],
  [
    'what a refused retirement has not touched',
    [operation({ kind: 'retire', generation: 2, status: 'FAILED', phase: 'ended' }), promoted],
    1,
  ],
  [
    'none while a retirement destroys',
    [operation({ kind: 'retire', generation: 2, status: 'RUNNING', phase: 'removal' }), promoted],
    undefined,
  ],
  ['the one before a deployment with nothing to do', [operation({ generation: 2, phase: 'unchanged' }), promoted], 1],
  ['none when nothing was promoted', [operation({ phase: 'blocked' })], undefined],
])('live is %s', (_name, operations, generation) => {
  expect(deploymentRows(operations)).toMatchObject([{ generation: operations[0]!.generation }]);
  expect(deploymentRows(operations)[0]?.liveGeneration).toBe(generation);
});
