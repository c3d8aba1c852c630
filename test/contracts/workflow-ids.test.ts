import fc from 'fast-check';
import {
  deploymentKeyFromWorkflowId,
  deploymentWorkflowId,
  operationKeyFromWorkflowId,
  operationWorkflowId,
  regionFromWorkflowId,
  regionWorkflowId,
} from '../../contracts/workflow-ids';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
const operation = fc.record({
  kind: fc.constantFrom('deploy' as const, 'retire' as const),
  application: name,
  environment: name,
  generation: fc.integer({ min: 1, max: 1_000_000 }),
});

describe('workflow ids', () => {
  it('can be read back', () => {
    fc.assert(
      fc.property(operation, (key) => {
        expect(operationKeyFromWorkflowId(operationWorkflowId(key))).toEqual(key);
        const { application, environment } = key;
        expect(deploymentKeyFromWorkflowId(deploymentWorkflowId(key))).toEqual({ application, environment });
      }),
    );
  });

  it('of regions name their region', () => {
    const key = { kind: 'deploy', application: 'orders', environment: 'staging', generation: 3 } as const;
    expect(regionFromWorkflowId(regionWorkflowId(key, 'eu-west-1'))).toBe('eu-west-1');
    expect(regionFromWorkflowId(operationWorkflowId(key))).toBeUndefined();
  });
});
