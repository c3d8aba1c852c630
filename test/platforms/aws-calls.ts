import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the SDK’s commands that differ from those of IAM. */
const OTHER_NAMES: Record<string, string> = {
  's3:HeadBucket': 's3:ListBucket',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3:GetBucketReplication': 's3:GetReplicationConfiguration',
};
/** Needs no permission, says AWS. */
const FREE = 'sts:GetCallerIdentity';

/** The calls in the sources of the adapter, as IAM names them: commands by the client that they are imported from. */
export function callsOfTheAdapter(files: RegExp = /\.ts$/): string[] {
  const folder = join(__dirname, '../../platforms/aws');
  const sources = readdirSync(folder).filter((name) => files.test(name));
  const made = sources.flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g)].flatMap(
      ([, names, client]) => {
        const service =
          { 'elastic-load-balancing-v2': 'elasticloadbalancing', 'route-53': 'route53' }[client ?? ''] ?? client;
        const commands = [...(names ?? '').matchAll(/\b(?:paginate(\w+)|(?<!type )(\w+)Command)\b/g)];
        return commands.map((match) => `${service}:${match[1] ?? match[2]}`);
      },
    );
  });
  return [...new Set(made)].filter((call) => call !== FREE).map((call) => OTHER_NAMES[call] ?? call);
}
