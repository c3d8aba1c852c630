import type { ServiceHealth } from '../contracts/validation';

/** Whether a region is well. One of which nothing is heard is not: "I cannot see it" is no evidence of health. */
export function allHealthy(services: readonly ServiceHealth[]): boolean {
  return services.length > 0 && services.every(({ healthy }) => healthy);
}

/** Who is sick and how it shows, for a message. */
export function sickness(services: readonly ServiceHealth[]): { service?: string; detail: string } {
  const sick = services.find(({ healthy }) => !healthy);
  return sick ? { service: sick.service, detail: sick.detail } : { detail: 'no service answered' };
}
