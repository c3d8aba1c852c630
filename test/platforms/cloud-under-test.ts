import type { StackRef } from '../../contracts/stack';
import type { Platform } from '../../platforms/platform';

/** What a cloud can show of the port; the contract suite skips the rest, visibly. */
export interface Capabilities {
  /** something but Meridian can change what is there, and the cloud sees it */
  drift: boolean;
  /** an apply can return what drifted */
  revertDrift: boolean;
  /** databases replicate, hostnames answer */
  dataAndTraffic: boolean;
  faults: boolean;
}

export interface CloudUnderTest {
  capabilities: Capabilities;
  create(): Promise<Platform>;
  startTimeoutMs?: number;
  /** a template without what the cloud cannot make */
  reduce?(template: string): string;
  /** Removes one resource of a stack behind the back of the platform and returns its logical id. */
  removeByHand?(platform: Platform, ref: StackRef): Promise<string>;
}

/** Which cloud can what. Nothing runs on MiniStack: it makes stacks, no databases that replicate and no servers. */
export const CAPABILITIES: Record<'fake' | 'lab' | 'ministack', Capabilities> = {
  fake: { drift: true, revertDrift: true, dataAndTraffic: true, faults: true },
  lab: { drift: false, revertDrift: false, dataAndTraffic: true, faults: true },
  ministack: { drift: true, revertDrift: false, dataAndTraffic: false, faults: false },
};
