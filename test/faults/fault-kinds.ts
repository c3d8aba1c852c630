import { Context } from '@temporalio/activity';
import type { FakeCall, FakeCloud } from '../../platforms/fake/fake-cloud';
import { PlatformError } from '../../platforms/platform-error';

/** What can go wrong with one call to a platform. */
export const FAULTS = ['throttled', '500', 'cut-before', 'cut-after', 'refused', 'killed'] as const;
export type FaultKind = (typeof FAULTS)[number];

/** One call of a run, told apart by how often its name, region and stack kind came before; `nth` counts from 1. */
export interface Site extends FakeCall {
  /** the activity that makes it */
  activity: string;
}

/** Calls that change something: where a dead worker can do harm. All others are questions. */
const ACTS = new Set(['apply', 'destroy', 'drain', 'fence', 'promote', 'rejoin', 'shift', 'inject', 'undo']);

export function isAct({ name }: FakeCall): boolean {
  return ACTS.has(name);
}

/** All acts, and each question once per activity that asks it. */
export function representatives(sites: Site[]): Site[] {
  const asked = new Set<string>();
  return sites.filter((site) => {
    const question = `${site.activity} ${site.name}`;
    const isKnown = asked.has(question);
    asked.add(question);
    return isAct(site) || !isKnown;
  });
}

export function siteName({ name, region, kind, nth }: Site): string {
  const where = [region, kind].filter((part) => part !== undefined).join('/');
  return `${name}${where && ` ${where}`} #${nth}`;
}

/** A throttled caller is turned away this often: once proves nothing about a second time. */
const THROTTLED_TIMES = 2;

/**
 * Plants one fault at one call of a cloud. The answer says whether a run has come by since.
 * @param killWorker kills the process that called; without it the activity dies alone
 */
export function plant(
  cloud: FakeCloud,
  fault: FaultKind,
  site: Site,
  killWorker?: () => Promise<void>,
): { fired: () => boolean } {
  let fired = 0;
  const until = site.nth + (fault === 'throttled' ? THROTTLED_TIMES : 1);
  cloud.intercept = (call, act) => {
    if (call.name !== site.name || call.region !== site.region || call.kind !== site.kind) return act();
    if (call.nth < site.nth || call.nth >= until) return act();
    fired += 1;
    return suffer(fault, act, killWorker);
  };
  return { fired: () => fired > 0 };
}

async function suffer(
  fault: FaultKind,
  act: () => Promise<unknown>,
  killWorker: (() => Promise<void>) | undefined,
): Promise<unknown> {
  switch (fault) {
    case 'throttled':
      throw new PlatformError('Platform.Throttled', 'rate exceeded');
    case '500':
      throw new PlatformError('Platform.Unavailable', 'internal failure (500)');
    case 'cut-before':
      throw new PlatformError('Platform.Unavailable', 'connection reset before the request was sent');
    case 'cut-after':
      await act();
      throw new PlatformError('Platform.Unavailable', 'connection reset before the answer came');
    case 'refused':
      throw new PlatformError('Platform.Refused', 'not authorised to do this');
    case 'killed':
      await act().catch(() => undefined);
      if (!killWorker) return activityDies();
      await killWorker();
      return new Promise(() => undefined);
  }
}

/** Longer than the server takes to give up on any activity of ours. */
const DEAD_MS = 45_000;

/**
 * As if the process of this activity were gone: no heartbeat and no answer any more. Once the server has given up on the attempt
 * the promise fails, so that its slot comes free: whatever that attempt still tries is what a process does that was
 * only frozen.
 */
function activityDies(): Promise<never> {
  const activity = Context.current();
  Object.assign(activity, { heartbeat: () => undefined });
  return new Promise((_resolve, reject) => {
    const gone = () => reject(new PlatformError('Platform.Unavailable', 'this attempt is dead'));
    const timer = setTimeout(gone, DEAD_MS);
    activity.cancellationSignal.addEventListener('abort', () => {
      clearTimeout(timer);
      gone();
    });
  });
}
