import { isRecord } from '../rendered-resources';
import type { SecurityRule } from '../schema';

const BLOCKS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

/** No bucket can be opened to the public, whoever writes its policy later. */
export const privateBuckets: SecurityRule = ({ resources }) =>
  resources
    .filter(({ type }) => type === 'AWS::S3::Bucket')
    .flatMap(({ where, properties: { PublicAccessBlockConfiguration: block } }) => {
      const open = BLOCKS.filter((name) => !isRecord(block) || block[name] !== true);
      if (open.length === 0) return [];
      const message = `the bucket could be made public: ${open.join(', ')} not set`;
      return [{ rule: 'private-buckets', severity: 'high' as const, where, message, fix: 'block all public access' }];
    });
