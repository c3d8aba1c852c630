import type { FailureCase } from '../../agents/failure-analyst/failure-case';

/** A region that failed in step 2 for want of an instance class in one zone, changed where a test needs it. */
export function exampleFailure({
  failure,
  ...changes
}: Partial<Omit<FailureCase, 'failure'>> & { failure?: Partial<FailureCase['failure']> } = {}): FailureCase {
  return {
    failure: {
      step: 'regions',
      type: 'Platform.StackFailed',
      region: 'eu-west-1',
      resource: 'OrdersDb',
      message:
        'orders-staging-base in eu-west-1 could not be created (ROLLBACK_COMPLETE): OrdersDb (AWS::RDS::DBInstance): Resource handler returned message: "db.r6g.xlarge is not available in the selected availability zones: eu-west-1c (Service: Rds, Status Code: 400, Request ID: 7d1c0a3e-8f3e-4b2a-9a44-0b1c2d3e4f5a)" (RequestToken: 1f2e3d4c-0000-1111-2222-333344445555, HandlerErrorCode: InvalidRequest)',
      ...failure,
    },
    isChange: false,
    mode: 'active-passive',
    regions: [
      { region: 'us-east-1', role: 'primary' },
      { region: 'eu-west-1', role: 'standby' },
      { region: 'ap-southeast-1', role: 'standby' },
    ],
    events: ['applying: base stack'],
    undone: ['eu-west-1/base: deleted'],
    leftovers: ['us-east-1/orders-staging-base: kept without traffic for debugging'],
    next: ['remove the cause in eu-west-1, then deploy again'],
    ...changes,
  };
}
