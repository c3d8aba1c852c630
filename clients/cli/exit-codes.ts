import type { FailureType } from '../../contracts/failure-types';
import type { DeploymentReport } from '../../contracts/report';
import type { ClientProblemCode } from '../client-problem';

/** What the exit code of every command means; printed by --help and in docs/cli.md. */
export const EXIT = {
  ok: 0,
  failed: 1,
  badInput: 2,
  rejected: 3,
  blocked: 4,
  rolledBack: 5,
  unreachable: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Of `plan --detailed-exitcode` and `drift --exit-code`, as other tools of the field have it; 0 is then: nothing. */
export const EXIT_SOMETHING_TO_DO = 2;

export const EXIT_CODE_MEANINGS: ReadonlyArray<[ExitCode, string]> = [
  [EXIT.ok, 'done; for a deployment: promoted'],
  [
    EXIT.failed,
    'the deployment failed, or something unexpected happened; for an operation: something is left for a person, or it was refused at once',
  ],
  [EXIT.badInput, 'bad usage or a request that is not valid; nothing was started'],
  [EXIT.rejected, 'rejected, not approved in time, aborted, or made way for an emergency'],
  [EXIT.blocked, 'deployed and validated, promotion blocked; for an operation: not allowed at its turn'],
  [EXIT.rolledBack, 'failed and rolled back'],
  [EXIT.unreachable, 'no Temporal server or no worker answers'],
  [EXIT.interrupted, 'interrupted; a deployment goes on'],
];

/** Failures in which a person said no, or nobody said yes. */
const SAID_NO: readonly string[] = [
  'Approval.Rejected',
  'Approval.Expired',
  'Operation.Aborted',
] satisfies FailureType[];

export function exitCodeOfReport({ verdict, failure }: DeploymentReport): ExitCode {
  if (verdict !== 'promoted' && failure && SAID_NO.includes(failure.type)) return EXIT.rejected;
  switch (verdict) {
    case 'promoted':
      return EXIT.ok;
    case 'blocked':
      return EXIT.blocked;
    case 'rolled-back':
      return EXIT.rolledBack;
    case 'failed':
      return EXIT.failed;
  }
}

export function exitCodeOfProblem(code: ClientProblemCode): ExitCode {
  switch (code) {
    case 'unreachable':
    case 'no-worker':
      return EXIT.unreachable;
    case 'not-found':
    case 'bad-input':
      return EXIT.badInput;
    case 'refused':
    case 'still-running':
    case 'workflow-failed':
    case 'unexpected':
      return EXIT.failed;
    case 'stopped':
      return EXIT.rejected;
    case 'detached':
      return EXIT.interrupted;
  }
}
