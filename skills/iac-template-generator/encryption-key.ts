import { type Json, sub, type TemplateResource } from './template';

/** Who besides the account's own IAM users of a key there is. */
type KeyUse = 'logs' | 'alarms';

export interface EncryptionKeyInput {
  description: string;
  uses: KeyUse[];
  /** for keys of what stays when the stack goes: without its key a snapshot cannot be opened */
  outlivesStack?: boolean;
}

/** A key of the region's own. Within the account IAM policies decide; the services named in `uses` may use it as well. */
export function encryptionKey({ description, uses, outlivesStack }: EncryptionKeyInput): TemplateResource {
  const administration: Json = {
    Sid: 'AccountDecidesThroughIam',
    Effect: 'Allow',
    Principal: { AWS: sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root`) },
    Action: 'kms:*',
    Resource: '*',
  };
  return {
    Type: 'AWS::KMS::Key',
    DeletionPolicy: outlivesStack ? 'RetainExceptOnCreate' : 'Delete',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Description: description,
      EnableKeyRotation: true,
      PendingWindowInDays: 7,
      KeyPolicy: { Version: '2012-10-17', Statement: [administration, ...uses.map(useStatement)] },
    },
  };
}

/** The statements that the CloudWatch user guides ask for: logs of this account and region, alarms to encrypted topics. */
function useStatement(use: KeyUse): Json {
  switch (use) {
    case 'logs':
      return {
        Sid: 'LogsEncrypt',
        Effect: 'Allow',
        Principal: { Service: sub(`logs.\${AWS::Region}.amazonaws.com`) },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': sub(
              `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:*`,
            ),
          },
        },
      };
    case 'alarms':
      return {
        Sid: 'AlarmsPublish',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
      };
  }
}
