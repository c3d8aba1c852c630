import { awsFailure } from './aws-failure';
import type { AwsClients, AwsPlace } from './clients';

/** Awaits calls to one account and region and turns their failures into `PlatformError`s. */
export function callsTo(clients: AwsClients, { account, region }: AwsPlace): <R>(answer: Promise<R>) => Promise<R> {
  const place = { account, region, identity: clients.identity(account) };
  return (answer) =>
    answer.catch((error) => {
      throw awsFailure(error, place);
    });
}
