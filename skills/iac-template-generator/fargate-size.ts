import type { ServiceRequest } from '../../contracts/request';

/**
 * The memory that a task gets: what was asked for, rounded up to the next size that Fargate sells (Amazon ECS developer
 * guide, "Task CPU and memory": 512, 1024 or 2048 MB with 256 CPU units, whole gigabytes above). Whether it fits the
 * CPU size at all is a question for the request check.
 */
export function fargateMemoryMb({ cpu, memoryMb }: Pick<ServiceRequest, 'cpu' | 'memoryMb'>): number {
  if (cpu === 256) return [512, 1_024, 2_048].find((size) => size >= memoryMb) ?? memoryMb;
  return Math.ceil(memoryMb / 1_024) * 1_024;
}
