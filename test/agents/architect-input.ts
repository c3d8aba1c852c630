import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ArchitectInput } from '../../agents/topology-architect/topology-choice';
import { type DeploymentRequest, deploymentRequestSchema } from '../../contracts/request';
import { advise } from '../../skills/multicloud-strategy-advisor/skill';

/** The example request, changed where a test needs it, with what the real advisor says about it. */
export function exampleInput(changes: Record<string, unknown> = {}): ArchitectInput {
  const request = exampleRequest(changes);
  return { request, advice: advise(request) };
}

export function exampleRequest(changes: Record<string, unknown> = {}): DeploymentRequest {
  const example = parse(readFileSync('examples/three-regions.yaml', 'utf8'));
  return deploymentRequestSchema.parse({ ...example, ...changes });
}
