import type { StackRef } from '../../contracts/stack';
import { LabError } from '../lab-error';
import type { Lab } from './lab-state';

/** The resource that a provider runs out of first, by what the stack is for. */
const SCARCE_TYPES = [
  'AWS::ECS::Service',
  'AWS::RDS::DBInstance',
  'AWS::EC2::NatGateway',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
];

/** The planted fault: fails in the words of a provider that has no capacity left. */
export function strikeRefusedApply(lab: Lab, ref: StackRef, template: string): void {
  const planted = lab.planted.some(
    (fault) => fault.kind === 'refuse-apply' && fault.region === ref.region && fault.stack === ref.kind,
  );
  if (!planted) return;
  const { resource, type } = scarceResource(template);
  throw new LabError(
    'Platform.StackFailed',
    `${resource} (${type}) CREATE_FAILED: Resource handler returned message: "insufficient capacity in ${ref.region}" (HandlerErrorCode: ServiceLimitExceeded)`,
    { region: ref.region, resource },
  );
}

function scarceResource(template: string): { resource: string; type: string } {
  const { Resources } = JSON.parse(template) as { Resources?: Record<string, { Type: string }> };
  const all = Object.entries(Resources ?? {}).map(([resource, { Type }]) => ({ resource, type: Type }));
  const scarce = SCARCE_TYPES.flatMap((type) => all.filter((entry) => entry.type === type));
  return scarce[0] ?? all[0] ?? { resource: 'Stack', type: 'AWS::CloudFormation::Stack' };
}
