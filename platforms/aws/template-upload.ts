import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { StackSession } from './stack-session';

/** CloudFormation takes larger templates by address only. */
const MAX_BODY_BYTES = 51_200;

export type TemplateSource = { TemplateBody: string } | { TemplateURL: string };

/**
 * How a template is handed to CloudFormation: in the call, or through the bucket of its account and region. The key is
 * the digest, so that a repeated upload is the same object. `bucket` names a bucket that somebody else looks after.
 */
export async function templateSource(
  session: StackSession,
  template: string,
  bucket: string | undefined,
): Promise<TemplateSource> {
  if (Buffer.byteLength(template) <= MAX_BODY_BYTES) return { TemplateBody: template };
  const region = bucket === undefined ? session.ref.region : await regionOf(session, bucket);
  const s3 = session.clients.s3({ account: session.ref.account, region });
  const name = bucket ?? (await ownBucket(session, s3));
  const key = `templates/${session.ref.name}/${createHash('sha256').update(template).digest('hex')}.json`;
  const object = { Bucket: name, Key: key, Body: template, ContentType: 'application/json' };
  await session.call(s3.send(new PutObjectCommand(object)));
  return { TemplateURL: await addressOf(s3, name, key) };
}

async function regionOf(session: StackSession, Bucket: string): Promise<string> {
  const { region } = session.ref;
  const found = await session.call(session.clients.s3(session.ref).send(new HeadBucketCommand({ Bucket })));
  return found.BucketRegion ?? region;
}

/** `meridian-templates-<account id>-<region>`: made when it is first needed, versioned, encrypted, closed to the public. */
async function ownBucket(session: StackSession, s3: S3Client): Promise<string> {
  const identity = await session.call(session.clients.sts(session.ref.account).send(new GetCallerIdentityCommand({})));
  const Bucket = `meridian-templates-${identity.Account}-${session.ref.region}`;
  // An account's bucket of that name that belongs to somebody else must not receive our templates.
  const ExpectedBucketOwner = identity.Account;
  const exists = await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner })).then(
    () => true,
    (error) => (error?.$metadata?.httpStatusCode === 404 ? false : session.call(Promise.reject(error))),
  );
  if (exists) return Bucket;
  const constraint = session.ref.region === 'us-east-1' ? undefined : session.ref.region;
  const CreateBucketConfiguration = constraint ? { LocationConstraint: constraint as 'eu-west-1' } : undefined;
  await session.call(
    s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration })).catch((error) => {
      if (error?.name !== 'BucketAlreadyOwnedByYou') throw error;
    }),
  );
  await session.call(
    s3.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    ),
  );
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
  const ServerSideEncryptionConfiguration = { Rules };
  await session.call(s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration })));
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await session.call(s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration })));
  return Bucket;
}

/** The virtual-hosted address, or the path below a configured endpoint. */
async function addressOf(s3: S3Client, bucket: string, key: string): Promise<string> {
  const endpoint = await s3.config.endpoint?.();
  if (!endpoint) return `https://${bucket}.s3.${await s3.config.region()}.amazonaws.com/${key}`;
  const port = endpoint.port ? `:${endpoint.port}` : '';
  return `${endpoint.protocol}//${endpoint.hostname}${port}/${bucket}/${key}`;
}
