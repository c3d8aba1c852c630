import type { ApplicationKey } from '../../contracts/template-words';
import { encryptionKey } from './encryption-key';
import { type Json, type Resources, ref, sub } from './template';

/** The alias of the key of tables and buckets: the same in every region, so that one region can name another's key. */
function storeKeyAlias({ application, environment }: ApplicationKey): string {
  return `alias/meridian/${application}/${environment}/stores`;
}

/** The key of a region for its copies of tables and buckets. It stays when the stack goes: buckets do. */
export function storeKeyResources(key: ApplicationKey): Resources {
  return {
    StoreKey: encryptionKey({
      description: `tables and buckets of ${key.application} ${key.environment}`,
      uses: [],
      outlivesStack: true,
    }),
    StoreKeyAlias: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: storeKeyAlias(key), TargetKeyId: ref('StoreKey') },
    },
  };
}

export function storeKeyArn(key: ApplicationKey, region: string): Json {
  return sub(`arn:\${AWS::Partition}:kms:${region}:\${AWS::AccountId}:${storeKeyAlias(key)}`);
}

/** Use of that key through one service. Permissions name keys, not aliases: the condition picks the key by its alias. */
export function storeKeyStatement(
  key: ApplicationKey,
  { region, service, actions }: { region: string; service: 's3' | 'dynamodb'; actions: string[] },
): Json {
  return {
    Effect: 'Allow',
    Action: actions,
    Resource: [sub(`arn:\${AWS::Partition}:kms:${region}:\${AWS::AccountId}:key/*`)],
    Condition: {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': storeKeyAlias(key) },
      StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
    },
  };
}
