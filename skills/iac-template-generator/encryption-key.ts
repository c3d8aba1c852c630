import { type Json, sub, type TemplateResource } from './template';

/**
 * A key of the region's own. `services` may use it through this account and region only; everything else is left to
 * the account's IAM policies.
 */
export function encryptionKey(description: string, services: string[]): TemplateResource {
  const administration: Json = {
    Sid: 'AccountAdministersThroughIam',
    Effect: 'Allow',
    Principal: { AWS: sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root`) },
    Action: 'kms:*',
    Resource: '*',
  };
  const use: Json = {
    Sid: 'ServicesEncrypt',
    Effect: 'Allow',
    Principal: { Service: services.map((service) => (service.includes(`\${`) ? sub(service) : service)) },
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };
  return {
    Type: 'AWS::KMS::Key',
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Description: description,
      EnableKeyRotation: true,
      PendingWindowInDays: 7,
      KeyPolicy: { Version: '2012-10-17', Statement: services.length > 0 ? [administration, use] : [administration] },
    },
  };
}
