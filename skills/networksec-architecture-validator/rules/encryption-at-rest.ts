import type { Finding } from '../../../contracts/finding';
import { entries } from '../rendered-resources';
import type { RenderedResource, SecurityRule } from '../schema';

/** What is stored is encrypted: databases must be, logs and messages should be with a key of the region. */
export const encryptionAtRest: SecurityRule = ({ resources }) => resources.flatMap(unencrypted);

function unencrypted(resource: RenderedResource): Finding[] {
  const { properties } = resource;
  switch (resource.type) {
    case 'AWS::RDS::DBInstance': {
      // a copy inherits encryption, also once it is promoted, and across regions it has to name a key
      const isCopy = properties.SourceDBInstanceIdentifier !== undefined || properties.SourceRegion !== undefined;
      const isEncrypted = isCopy ? properties.KmsKeyId !== undefined : properties.StorageEncrypted === true;
      return isEncrypted
        ? []
        : [finding(resource, 'high', 'the database stores its data unencrypted', 'set encrypted: true')];
    }
    case 'AWS::Logs::LogGroup':
      return properties.KmsKeyId
        ? []
        : [finding(resource, 'medium', 'logs are not encrypted with a key of the region', 'set KmsKeyId')];
    case 'AWS::SNS::Topic':
      return properties.KmsMasterKeyId
        ? []
        : [finding(resource, 'medium', 'messages are not encrypted with a key of the region', 'set KmsMasterKeyId')];
    case 'AWS::S3::Bucket':
      return JSON.stringify(properties.BucketEncryption ?? '').includes('"KMSMasterKeyID"')
        ? []
        : [finding(resource, 'high', 'objects are not encrypted with a key of the region', 'set BucketEncryption')];
    case 'AWS::DynamoDB::GlobalTable':
      return entries(properties.Replicas)
        .filter(({ SSESpecification }) => !SSESpecification)
        .map(({ Region }) =>
          finding(resource, 'high', `items in ${Region} have no key of the region`, 'set SSESpecification'),
        );
    default:
      return [];
  }
}

function finding(resource: RenderedResource, severity: Finding['severity'], message: string, fix: string): Finding {
  return { rule: 'encryption-at-rest', severity, where: resource.where, message, fix };
}
