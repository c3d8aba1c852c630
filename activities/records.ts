import type { DeploymentRecord, Intent, LiveDeployment } from '../contracts/record';
import type { PlatformKind } from '../contracts/region';
import type { DeploymentKey } from '../contracts/workflow-ids';
import type { ActivityDependencies } from './dependencies';
import { RecordConflictError } from './store-port';
import { failure } from './support/failures';

/** Compare-and-set is repeated this often before a conflict is reported: writers are few and quick. */
const SAVE_ATTEMPTS = 10;

/** Reads and writes of the deployment record. Every write is a small pure change, repeated on a conflict. */
export function createRecordActivities({ records, now }: ActivityDependencies) {
  const change = changeRecord(records);
  return {
    loadRecord: (key: DeploymentKey): Promise<DeploymentRecord> => records.load(key),

    /** Gives out the next generation number. `operationId` makes a retry return the number already given. */
    openGeneration: async (input: DeploymentKey & { operationId: string }): Promise<number> => {
      const record = await change(input, (found) =>
        found.lastOperation === input.operationId
          ? found
          : { ...found, lastGeneration: found.lastGeneration + 1, lastOperation: input.operationId },
      );
      return record.lastGeneration;
    },

    /** What becomes live with the promotion of a generation. The first has no failover behind it: nothing is fenced or moving. */
    recordPromotion: async (input: DeploymentKey & { live: Omit<LiveDeployment, 'promotedAt'> }): Promise<void> => {
      const live = { ...input.live, promotedAt: now().toISOString() };
      await change(input, (found) =>
        withoutGone({ ...withoutDark(found.live ? found : withoutFailover(found)), live }),
      );
    },

    /** Regions that are kept without traffic for debugging, until a date. */
    recordDark: async (
      input: DeploymentKey & { generation: number; regions: string[]; keepHours: number },
    ): Promise<void> => {
      const expiresAt = new Date(now().getTime() + input.keepHours * 3_600_000).toISOString();
      await change(input, (found) =>
        input.regions.length === 0
          ? withoutDark(found)
          : { ...found, dark: { generation: input.generation, regions: input.regions, expiresAt } },
      );
    },

    /**
     * The region that takes writes. Compare-and-set: refused unless `expected` is the primary now. Setting what is
     * already set is success, so that a retry is harmless.
     */
    recordPrimary: async (input: DeploymentKey & { expected?: string; primary: string }): Promise<void> => {
      await change(input, (found) => {
        if (found.primary === input.primary) return found;
        if (found.primary !== input.expected) {
          throw failure(
            'Record.Conflict',
            `the primary of ${input.application}/${input.environment} is ${found.primary ?? 'not set'}, expected ${input.expected ?? 'none'}`,
          );
        }
        const fenced = found.fenced?.filter(({ region }) => region !== input.primary);
        return { ...found, primary: input.primary, ...(fenced && { fenced }) };
      });
    },

    /**
     * Claims an epoch before the acts that carry it: compare-and-set on the epoch that the claimant knows. Repeating
     * one's own claim is success, anybody else's is a conflict.
     */
    claimEpoch: async (input: DeploymentKey & { expected: number; epoch: number; by: string }): Promise<void> => {
      const { expected, epoch, by } = input;
      await change(input, (found) => {
        if (found.epoch === epoch && found.epochClaimedBy === by) return found;
        if (found.epoch === expected) return { ...found, epoch, epochClaimedBy: by };
        throw failure(
          'Record.Conflict',
          `epoch ${epoch} cannot be claimed: the record is at ${found.epoch}, expected ${expected}`,
        );
      });
    },

    recordDrill: async (
      input: DeploymentKey & { generation: number; rtoMs: number; passed: boolean },
    ): Promise<void> => {
      const { generation, rtoMs, passed } = input;
      await change(input, (found) => ({
        ...found,
        drills: [...found.drills.slice(-49), { at: now().toISOString(), generation, rtoMs, passed }],
      }));
    },

    /** Where the deployment is going to be, before the first act there. Refused while something of it is elsewhere. */
    claimPlace: async (input: DeploymentKey & { platform: PlatformKind; account: string }): Promise<void> => {
      const place = { platform: input.platform, account: input.account };
      await change(input, (found) => {
        if (!found.place) return { ...found, place };
        if (found.place.platform === place.platform && found.place.account === place.account) return found;
        throw failure(
          'Plan.Blocked',
          `${input.application}/${input.environment} is on ${found.place.platform}, account ${found.place.account}; retire it there before deploying to ${place.platform}, account ${place.account}`,
        );
      });
    },

    /** The data of the primary was undone: the next deployment chooses anew. */
    recordNoPrimary: async (key: DeploymentKey): Promise<void> => {
      await change(key, ({ primary: _primary, ...found }) => withoutFailover(found));
    },

    /** Production traffic has ended; other stacks may be left. */
    recordNotLive: async (key: DeploymentKey): Promise<void> => {
      await change(key, ({ live: _live, ...found }) => found);
    },

    /** Nothing of the deployment is left. Generations go on counting: a token is never used twice. */
    recordRetired: async (key: DeploymentKey): Promise<void> => {
      await change(
        key,
        ({ live: _live, dark: _dark, primary: _primary, place: _place, drilling: _drilling, ...found }) => ({
          ...withoutUpkeep(withoutFailover(found)),
          drained: [],
          intents: [],
        }),
      );
    },
  };
}

/** Writes an intent before an act, or settles it after. One intent per stack: the newest replaces the one before. */
export async function recordIntent(deps: Pick<ActivityDependencies, 'records'>, key: DeploymentKey, intent: Intent) {
  await changeRecord(deps.records)(key, (found) => {
    const others = found.intents.filter((other) => !isSameStack(other, intent));
    return { ...found, intents: [...others, intent] };
  });
}

function isSameStack(a: Intent, b: Intent): boolean {
  return a.ref.account === b.ref.account && a.ref.region === b.ref.region && a.ref.name === b.ref.name;
}

function withoutDark({ dark: _dark, ...record }: DeploymentRecord): DeploymentRecord {
  return record;
}

/** No region is fenced and no move unfinished: the databases that this was about are gone. */
function withoutFailover({ fenced: _fenced, moving: _moving, ...record }: DeploymentRecord): DeploymentRecord {
  return record;
}

/** A region that has left is fenced no more: one of its name that comes later is new. */
function withoutGone({ fenced, ...record }: DeploymentRecord): DeploymentRecord {
  const isThere = (region: string) => record.live?.topology.regions.some((one) => one.region === region);
  return { ...record, ...(fenced && { fenced: fenced.filter(({ region }) => isThere(region)) }) };
}

/** What schedules came to is nothing that a later deployment of this name has to answer for. */
function withoutUpkeep({ backups: _backups, scheduledDrills: _drills, ...record }: DeploymentRecord): DeploymentRecord {
  return record;
}

/** An act that somebody has gone beyond changes nothing any more: neither the platform nor, before it, the record. */
export function refuseOldEpoch({ epoch, epochClaimedBy }: DeploymentRecord, act: number): void {
  if (act >= epoch) return;
  const by = epochClaimedBy ? `, which ${epochClaimedBy} claimed` : '';
  throw failure('Platform.StaleEpoch', `epoch: ${act} is older than ${epoch}${by}; read the record again`);
}

/** Changes a record by a pure function, repeated when somebody else was quicker. */
export function changeRecord(records: ActivityDependencies['records']) {
  return async (key: DeploymentKey, next: (found: DeploymentRecord) => DeploymentRecord): Promise<DeploymentRecord> => {
    for (let attempt = 1; ; attempt += 1) {
      const found = await records.load(key);
      const wanted = next(found);
      if (wanted === found) return found;
      try {
        return await records.save(wanted);
      } catch (error) {
        if (!(error instanceof RecordConflictError) || attempt === SAVE_ATTEMPTS) throw error;
      }
    }
  };
}
