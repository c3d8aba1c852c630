import type { Takeover } from '../../contracts/failover';

/** What a sentinel saw of the failover that it carried out. Times are its own wall clock, ms since the epoch. */
export interface TakeoverRecord {
  key: string;
  /** absent: the last holder had given the lease up, its database gone */
  from: string | undefined;
  to: string;
  epoch: number;
  lastRenewalAt: number;
  overAt: number;
  decidedAt: number;
  servesAt: number;
  shiftedAt: number;
}

/** As the control plane reports it. The proof that the old region had stopped is in the lease. */
export function takeoverOf(record: TakeoverRecord, store: string, lastHolder: string | undefined): Takeover {
  const { from, to, epoch, lastRenewalAt, overAt, decidedAt, servesAt, shiftedAt } = record;
  const region = from ?? lastHolder ?? to;
  const fence: Takeover['fence'] = from
    ? {
        kind: 'lease-expired',
        region,
        epoch,
        at: new Date(overAt).toISOString(),
        detail: `not renewed since ${new Date(lastRenewalAt).toISOString()}; its keeper has stopped serving by its own clock`,
      }
    : {
        kind: 'processes-gone',
        region,
        epoch,
        at: new Date(overAt).toISOString(),
        detail: 'its keeper found every process of the database gone and gave the lease up',
      };
  return {
    store,
    ...(region !== to && { from: region }),
    to,
    epoch,
    at: new Date(servesAt).toISOString(),
    phases: [
      { phase: 'detect', ms: Math.max(0, overAt - lastRenewalAt) },
      { phase: 'decide', ms: Math.max(0, decidedAt - overAt) },
      { phase: 'fence', ms: 0 },
      { phase: 'promote', ms: Math.max(0, servesAt - decidedAt) },
      { phase: 'shift', ms: Math.max(0, shiftedAt - servesAt) },
    ],
    fence,
  };
}
