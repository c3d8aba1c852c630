import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { AwsClients } from '../../platforms/aws/clients';

/**
 * What the owner of an account provides before a deployment: a certificate per region, a public zone, and their names
 * in the parameter store. Made as a stack without Meridian's tags.
 */
export function prerequisites(region: string, { application = 'orders', environment = 'staging' } = {}): string {
  const named = (what: string, value: unknown) => ({
    Type: 'AWS::SSM::Parameter',
    Properties: { Name: `/meridian/${application}/${environment}/${what}`, Type: 'String', Value: value },
  });
  const arn = `arn:aws:acm:${region}:000000000000:certificate/12345678-1234-1234-1234-123456789012`;
  return JSON.stringify({
    Resources: {
      Certificate: named('certificate-arn', arn),
      Zone: { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'example.com' } },
      ZoneId: named('hosted-zone-id', { Ref: 'Zone' }),
    },
  });
}

export const PREREQUISITES = 'prerequisites';

export async function createPrerequisites(clients: AwsClients, regions: string[], deployment = {}): Promise<void> {
  for (const region of regions) {
    const client = clients.cloudFormation({ account: 'default', region });
    const TemplateBody = prerequisites(region, deployment);
    await client.send(new CreateStackCommand({ StackName: PREREQUISITES, TemplateBody }));
    for (let made = false; !made; ) {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: PREREQUISITES }));
      const status = Stacks?.[0]?.StackStatus ?? '';
      if (/FAILED|ROLLBACK/.test(status)) throw new Error(`prerequisites in ${region}: ${status}`);
      made = status === 'CREATE_COMPLETE';
    }
  }
}
