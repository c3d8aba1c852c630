import { type ApplicationKey, databaseName } from '../../contracts/template-words';
import type { TemplateResource } from './template';

/** The role that owns a store. A word that PostgreSQL and RDS do not reserve. */
const DATABASE_USER = 'meridian_app';

/**
 * Name of the secret with a store's credentials, the same in every region. It must not end in a dash and six
 * characters: Secrets Manager would take those for the random end of an ARN.
 */
export function credentialsSecret({ application, environment }: ApplicationKey, store: string): string {
  return `meridian/${application}/${environment}/${store}/credentials`;
}

/** Resolved by CloudFormation while it applies: the value is in no template, parameter or history. */
export function credentialsReference(key: ApplicationKey, store: string, field: 'username' | 'password'): string {
  return `{{resolve:secretsmanager:${credentialsSecret(key, store)}:SecretString:${field}}}`;
}

/** ARN of a secret of this region by its name. The `-??????` of policies stands for the random end. */
export function secretArn(name: string, end = ''): string {
  return `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${name}${end}`;
}

/**
 * The credentials of a store, made once and replicated to the other regions, because a replica has the roles of its
 * primary. Not RDS's managed password: RDS makes no read replica of an instance that manages its password itself
 * (Amazon RDS user guide, "Limitations for Secrets Manager integration").
 */
export function credentialsResource(key: ApplicationKey, store: string, replicaRegions: string[]): TemplateResource {
  return {
    Type: 'AWS::SecretsManager::Secret',
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Name: credentialsSecret(key, store),
      Description: `credentials of the data store ${store}`,
      GenerateSecretString: {
        SecretStringTemplate: JSON.stringify({ username: DATABASE_USER, database: databaseName(store) }),
        GenerateStringKey: 'password',
        PasswordLength: 32,
        ExcludePunctuation: true,
      },
      ...(replicaRegions.length > 0 ? { ReplicaRegions: replicaRegions.map((Region) => ({ Region })) } : {}),
    },
  };
}
