import {
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  type StackResourceDrift,
} from '@aws-sdk/client-cloudformation';
import type { StackDrift } from '../../contracts/stack';
import type { CallContext } from '../platform';
import { PlatformError } from '../platform-error';
import { errorName } from './aws-failure';
import { withoutOwnDoing } from './own-doing';
import { poll } from './poll';
import type { StackSession } from './stack-session';

const DETECTION_TIMEOUT_MS = 15 * 60_000;

/** How clouds that cannot compare say so. */
const UNKNOWN_ACTION =
  /^(InvalidAction|NotImplemented|UnknownOperation|UnknownOperationException|NotImplementedException)$/;

/** See `StackPort.drift`: without what Meridian itself did. */
export async function stackDrift(session: StackSession, context: CallContext): Promise<StackDrift> {
  return { ref: session.ref, drifted: withoutOwnDoing(await detectDrift(session, context)) };
}

/**
 * All that differs from the applied template, whoever did it. Resource types that CloudFormation cannot read are not
 * compared. Throws `Platform.Refused` where the platform cannot tell.
 */
export async function detectDrift(session: StackSession, context: CallContext): Promise<StackDrift['drifted']> {
  const { ref, cloudFormation } = session;
  const begun = await session.call(
    cloudFormation.send(new DetectStackDriftCommand({ StackName: ref.name })).catch((error) => {
      if (!UNKNOWN_ACTION.test(errorName(error)) && error?.$metadata?.httpStatusCode !== 501) throw error;
      const message = `this cloud cannot compare stack ${ref.name} in ${ref.region} with its template (${error.message})`;
      throw new PlatformError('Platform.Refused', message, { region: ref.region });
    }),
  );
  const StackDriftDetectionId = begun.StackDriftDetectionId ?? '';
  const status = () =>
    session.call(cloudFormation.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId })));
  const ended = await poll(
    async () => {
      const now = await status();
      context.heartbeat(
        `${ref.name}: comparing with its template, ${now.DriftedStackResourceCount ?? 0} differ so far`,
      );
      return now.DetectionStatus === 'DETECTION_IN_PROGRESS' ? undefined : now;
    },
    { signal: context.signal, timeoutMs: DETECTION_TIMEOUT_MS, tooLate: () => failed(session, 'it took too long') },
  );
  // A failed detection still tells about every resource that it could read.
  const drifted = await readDrifts(session);
  if (ended.DetectionStatus === 'DETECTION_FAILED' && drifted.length === 0) {
    throw failed(session, ended.DetectionStatusReason ?? 'no reason given');
  }
  return drifted;
}

async function readDrifts(session: StackSession): Promise<StackDrift['drifted']> {
  const drifts: StackResourceDrift[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await session.call(
      session.cloudFormation.send(
        new DescribeStackResourceDriftsCommand({
          StackName: session.ref.name,
          StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
          NextToken,
        }),
      ),
    );
    drifts.push(...(answer.StackResourceDrifts ?? []));
    NextToken = answer.NextToken;
  } while (NextToken);
  return drifts.map((drift): StackDrift['drifted'][number] => ({
    resource: drift.LogicalResourceId ?? '',
    type: drift.ResourceType ?? '',
    kind: drift.StackResourceDriftStatus === 'DELETED' ? 'deleted' : 'changed',
    differences: (drift.PropertyDifferences ?? []).map(({ PropertyPath, ExpectedValue, ActualValue }) => ({
      path: PropertyPath ?? '',
      expected: ExpectedValue ?? '',
      actual: ActualValue ?? '',
    })),
  }));
}

function failed({ ref }: StackSession, why: string): PlatformError {
  const message = `stack ${ref.name} in ${ref.region} could not be compared with its template: ${why}`;
  return new PlatformError('Platform.Refused', message, { region: ref.region });
}
