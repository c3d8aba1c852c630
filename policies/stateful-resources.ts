import type { PlannedChange } from '../contracts/stack';

/** Resource types that hold what cannot be made again once it is gone. */
const STATEFUL_TYPES =
  /^AWS::(RDS::DB(Instance|Cluster)|DynamoDB::(Global)?Table|S3::Bucket|ElastiCache::\w+|KMS::Key)$/;

export function isStateful({ type }: { type: string }): boolean {
  return STATEFUL_TYPES.test(type);
}

/** Whether a planned change takes data away for good. */
export function isLost(change: Pick<PlannedChange, 'action' | 'type'>): boolean {
  return (change.action === 'delete' || change.action === 'replace') && isStateful(change);
}

/** Whether databases and tables refuse to be deleted until somebody lifts that, which only retiring does. */
export function isDeletionProtected(environment: string): boolean {
  return environment === 'production';
}
