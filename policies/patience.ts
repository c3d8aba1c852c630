import type { PlatformKind } from '../contracts/region';

/**
 * How long what is normal may take: a new standby to catch up, an application to find its database and serve. On AWS the
 * lag of a replica is a CloudWatch metric that comes minutes late, and ECS replaces tasks after minutes.
 */
export function patience(platform: PlatformKind): { catchUpMs: number; readyMs: number; serveAgainMs: number } {
  return platform === 'aws'
    ? { catchUpMs: 540_000, readyMs: 540_000, serveAgainMs: 540_000 }
    : { catchUpMs: 15_000, readyMs: 20_000, serveAgainMs: 60_000 };
}
