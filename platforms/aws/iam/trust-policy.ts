/** Stands for what only the owner of the account knows. */
export const WORKER_ROLE = 'arn:aws:iam::WORKER_ACCOUNT:role/WORKER_ROLE';
export const EXTERNAL_ID = 'EXTERNAL_ID';

/**
 * Who may assume the role: one principal, the worker’s, and only with the external id that is configured beside the
 * role (temporal.config.ts). Placeholders where the caller gives none.
 */
export function trustPolicy({
  principal = WORKER_ROLE,
  externalId = EXTERNAL_ID,
}: {
  principal?: string | undefined;
  externalId?: string | undefined;
}) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'WorkerAssumes',
        Effect: 'Allow',
        Principal: { AWS: principal },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
    ],
  };
}
