import type { PlatformKind } from '../contracts/region';
import type { DeploymentScope } from '../platforms/platform';
import { PlatformError } from '../platforms/platform-error';
import type { ActivityDependencies } from './dependencies';
import { changeRecord, refuseOldEpoch } from './records';
import { withHeartbeat } from './support/call-context';

export interface DrainInput extends DeploymentScope {
  platform: PlatformKind;
  hostname: string;
  /** the whole set; regions that are not named answer again */
  regions: string[];
  epoch: number;
}

/** Acts on production traffic. */
export function createTrafficActivities(deps: ActivityDependencies) {
  const change = changeRecord(deps.records);
  return {
    /**
     * Takes regions out of answering and returns the others. The record names them before the act, so that whoever comes
     * after a lost worker knows whom to return. Refused when nobody healthy would be left to answer.
     */
    drainRegions: (input: DrainInput): Promise<void> =>
      withHeartbeat(async () => {
        await refuseToLeaveNobody(deps, input);
        const drained = [...new Set(input.regions)];
        await change(input, (found) => {
          refuseOldEpoch(found, input.epoch);
          return { ...found, drained: [...new Set([...found.drained, ...drained])] };
        });
        await deps.platform(input.platform).traffic.drain({ ...input, regions: drained });
        await change(input, (found) => {
          refuseOldEpoch(found, input.epoch);
          return { ...found, drained };
        });
      }),
  };
}

async function refuseToLeaveNobody(deps: ActivityDependencies, input: DrainInput): Promise<void> {
  const { drained } = await deps.records.load(input);
  const isMore = input.regions.some((region) => !drained.includes(region));
  if (!isMore) return;
  const health = await deps.platform(input.platform).traffic.health(input.hostname);
  const others = health.filter(({ region }) => !input.regions.includes(region));
  if (others.some(({ healthy }) => healthy)) return;
  const seen = others.map(({ region }) => region).join(', ') || 'no other region';
  throw new PlatformError(
    'Platform.Refused',
    `regions: ${input.regions.join(', ')} cannot be drained: nobody healthy would answer for ${input.hostname} (${seen}); valid once another region is healthy`,
    { retryable: false },
  );
}
