import type { ServiceRequest } from '../../contracts/request';
import { UnrenderableError } from './schema';

/** Memory in MB that Fargate offers for each number of CPU units: smallest, largest, step (Amazon ECS developer guide). */
const MEMORY_MB: Record<ServiceRequest['cpu'], { from: number; to: number; step: number }> = {
  256: { from: 512, to: 2_048, step: 512 },
  512: { from: 1_024, to: 4_096, step: 1_024 },
  1024: { from: 2_048, to: 8_192, step: 1_024 },
  2048: { from: 4_096, to: 16_384, step: 1_024 },
  4096: { from: 8_192, to: 30_720, step: 1_024 },
};

/** Throws when Fargate has no task of this size; CloudFormation would find out only after minutes. */
export function checkFargateSize(service: Pick<ServiceRequest, 'name' | 'cpu' | 'memoryMb'>, index: number): void {
  const { from, to, step } = MEMORY_MB[service.cpu];
  const { memoryMb } = service;
  // 1536 MB with 256 CPU units is the one step that Fargate leaves out
  const isOffered =
    memoryMb >= from && memoryMb <= to && memoryMb % step === 0 && !(service.cpu === 256 && memoryMb === 1_536);
  if (isOffered) return;
  throw new UnrenderableError({
    field: `services[${index}].memoryMb`,
    received: `${memoryMb} with cpu ${service.cpu}`,
    valid: service.cpu === 256 ? '512, 1024 or 2048' : `${from} to ${to} in steps of ${step}, with cpu ${service.cpu}`,
  });
}
