import type { Approval } from '../contracts/approval';
import { digestOf } from '../contracts/digest';
import type { StackRef } from '../contracts/stack';
import type { DeploymentKey } from '../contracts/workflow-ids';

/**
 * What is asked before a production deployment is destroyed: exactly these stacks, in this order. A stack that appears
 * afterwards is not among them.
 */
export function removalGate(
  { application, environment }: DeploymentKey,
  refs: readonly StackRef[],
): Pick<Approval, 'id' | 'gate' | 'digest' | 'summary' | 'irreversible'> {
  const regions = [...new Set(refs.map(({ region }) => region))];
  const data = refs.filter(({ kind }) => kind === 'data');
  return {
    id: 'removal',
    gate: 'removal',
    digest: digestOf(JSON.stringify(refs)),
    summary: `destroying ${application}/${environment}: ${refs.length} stacks in ${regions.join(', ')}`,
    irreversible: data.map(({ region, name }) => `the databases and tables in ${region} go with ${name}; buckets stay`),
  };
}
