import fc from 'fast-check';
import type { Action, WatchDecision } from '../../../contracts/health-matrix';
import type { EndedOperation } from '../../../contracts/operation-report';
import type {
  CheckResult,
  LeaseSight,
  RegionObservation,
  WatchedDeployment,
} from '../../../contracts/region-observation';
import { openAlerts } from '../../../policies/health/alert-book';
import { afterDecision, judge } from '../../../policies/health/judge';
import { commandOf, operationOf } from '../../../policies/health/operation-of';
import { areOpposite, DWELL_MS } from '../../../policies/health/restraint';
import { afterCheckResult, afterLatency, NEW_WATCH, type WatchState } from '../../../policies/health/watch-state';
import { down, REGIONS, seen, unseenRegion, watched, well } from './watched';

const [EU, US, AP] = REGIONS;
const STEP_MS = 30_000;
const KEY = { application: 'orders', environment: 'staging' };

/** A watch whose deployment does what it is asked for at once. */
class Played {
  state: WatchState = NEW_WATCH;
  readonly decisions: WatchDecision[] = [];
  leases: LeaseSight[] = [];
  leasesUnread: string | undefined;
  slot: CheckResult['slot'];
  readonly withdrawn: string[] = [];
  private nowMs = Date.parse('2026-11-21T10:00:00Z');
  private told = false;

  constructor(public deployment: WatchedDeployment = watched()) {}

  look(regions: RegionObservation[], stepMs = STEP_MS): this {
    this.nowMs += stepMs;
    const { told, leases, deployment, slot, leasesUnread } = this;
    this.told = true;
    const result: CheckResult = {
      ...{ live: true, regions, leases },
      ...(told ? {} : { deployment }),
      ...(slot && { slot }),
      ...(leasesUnread !== undefined && { leasesUnread }),
    };
    this.state = afterCheckResult(this.state, result, this.nowMs);
    const judged = judge(KEY, this.state, this.nowMs);
    this.state = judged.state;
    this.withdrawn.push(...judged.withdrawn);
    for (const { action, do: what, why } of judged.verdicts) {
      const outcome = ({ ask: 'asked', propose: 'proposed', hold: 'held' } as const)[what];
      const at = new Date(this.nowMs).toISOString();
      const id = `${this.decisions.length}`;
      const workflowId = `promote-region/orders/staging/${id}`;
      const decision = { ...action, id, at, outcome, detail: why, ...(what !== 'hold' && { workflowId }) };
      this.decisions.push(decision);
      this.state = afterDecision(this.state, decision, this.nowMs);
      if (what === 'ask') this.carryOut(action);
    }
    return this;
  }

  latency(ms: number): this {
    this.state = afterLatency(this.state, [{ region: EU, ms, from: 'london' }], this.nowMs);
    return this;
  }

  change(change: Partial<WatchedDeployment>): this {
    this.deployment = { ...this.deployment, ...change };
    this.told = false;
    return this;
  }

  /** How an operation has ended, by the record. */
  ends(number: number, end: Pick<EndedOperation, 'outcome' | 'failure' | 'summary'>): this {
    const workflowId = `promote-region/orders/staging/${number}`;
    const endedAt = new Date(this.nowMs).toISOString();
    const { ended = [] } = this.deployment;
    return this.change({ ended: [...ended, { ...end, workflowId, kind: 'promote-region', endedAt }] });
  }

  /** The open alert about what a person should do. */
  wanted() {
    return openAlerts(this.state.book).find(({ key }) => key.startsWith('wanted/'));
  }

  asked(): string[] {
    return this.decisions.filter(({ outcome }) => outcome === 'asked').map(({ kind, region }) => `${kind} ${region}`);
  }

  private carryOut({ kind, region, to }: Action): void {
    const { drained, order } = this.deployment;
    if (kind === 'drain') this.change({ drained: [...drained, region] });
    else if (kind === 'return') this.change({ drained: drained.filter((one) => one !== region) });
    else if (to)
      this.change({ primary: to, chain: order.filter((one) => one !== to), epoch: this.deployment.epoch + 1 });
  }
}

const all = (look: (region: string) => RegionObservation) => REGIONS.map(look);
const only = (lost: string, look = down) => REGIONS.map((region) => (region === lost ? look(region) : well(region)));
const times = (count: number, act: () => unknown) => {
  for (let i = 0; i < count; i += 1) act();
};

describe('the loss of a region', () => {
  it('takes three failed checks within 90 s, and moves the primary to the next that is well', () => {
    const played = new Played().look(all(well));
    times(2, () => played.look(only(EU)));
    expect(played.decisions).toEqual([]);
    played.look(only(EU));
    expect(played.decisions).toMatchObject([{ kind: 'fail-over', region: EU, to: US, outcome: 'asked' }]);
    expect(played.decisions[0]?.because).toMatch(/3 checks in a row failed within 90 s: compute 0/);
  });

  it('of a standby is a drain, and it returns after ten good minutes, once', () => {
    const played = new Played().look(all(well));
    times(10, () => played.look(only(US)));
    expect(played.asked()).toEqual([`drain ${US}`]);
    times(19, () => played.look(all(well)));
    expect(played.asked()).toEqual([`drain ${US}`]);
    times(30, () => played.look(all(well)));
    expect(played.asked()).toEqual([`drain ${US}`, `return ${US}`]);
  });

  it('is never made of what cannot be seen, from however few or many vantage points', () => {
    const played = new Played().look(all(well));
    times(50, () => played.look(all(unseenRegion)));
    times(50, () =>
      played.look(REGIONS.map((region) => seen(region, { compute: 0, database: undefined, traffic: undefined }))),
    );
    expect(played.decisions).toEqual([]);
    expect(openAlerts(played.state.book).map(({ key }) => key)).toEqual(REGIONS.map((region) => `blind/${region}`));
  });

  it('is not made of silent tasks and databases while the global health checks reach it', () => {
    const played = new Played().look(all(well));
    times(50, () => played.look(only(EU, (region) => seen(region, { compute: 0, database: 0, traffic: 100 }))));
    expect(played.decisions).toEqual([]);
    expect(openAlerts(played.state.book).map(({ key }) => key)).toContain(`blind/${EU}`);
  });

  it('where most regions fail at once is more likely ours: nobody is drained', () => {
    const played = new Played().look(all(well));
    times(5, () => played.look([well(EU), down(US), down(AP)]));
    expect(played.asked()).toEqual([]);
    expect(played.decisions.map(({ outcome, detail }) => `${outcome}: ${detail}`)).toEqual(
      Array.from({ length: played.decisions.length }, () =>
        expect.stringMatching(/^held: 2 of 3 regions fail at once/),
      ),
    );
  });

  it('of all that could follow is told, and nobody unseen is handed anything', () => {
    const played = new Played().look(all(well));
    times(5, () => played.look([down(EU), unseenRegion(US), unseenRegion(AP)]));
    expect(played.decisions).toEqual([]);
    expect(openAlerts(played.state.book)[0]).toMatchObject({ key: `down/${EU}`, severity: 'critical' });
  });
});

describe('with leases', () => {
  it('the platform moves the primary: the watch only writes it down, once', () => {
    const played = new Played().look(all(well));
    played.leases = [{ store: 'orders', holder: EU, epoch: 3 }];
    times(5, () => played.look(only(EU)));
    expect(played.decisions).toEqual([]);
    played.leases = [{ store: 'orders', holder: US, epoch: 4 }];
    times(5, () => played.look(only(EU)));
    expect(played.asked()).toEqual([`record ${EU}`, `drain ${EU}`]);
  });

  it('a switchover under way has claimed its epoch in the record: that is not the platform’s own doing', () => {
    const played = new Played(watched({ epoch: 4 }));
    played.leases = [{ store: 'orders', holder: US, epoch: 4 }];
    played.slot = 'held';
    times(5, () => played.look(all(well)));
    expect(played.decisions).toEqual([]);
  });

  // the record's epoch is that of the store furthest ahead, or of a switchover that claimed it in vain
  it.each([
    ['the only store', [{ store: 'orders', holder: US, epoch: 4 }]],
    [
      'a store that is behind another',
      [
        { store: 'orders', holder: EU, epoch: 4 },
        { store: 'carts', holder: US, epoch: 3 },
      ],
    ],
  ])('a move of %s is seen although its epoch is not ahead of the record’s', (_what, leases) => {
    const played = new Played(watched({ epoch: 4 })).look(all(well));
    Object.assign(played, { leases, slot: 'free' });
    expect(played.look(all(well)).asked()).toEqual([]);
    expect(played.look(all(well)).asked()).toEqual([`record ${EU}`]);
  });

  it('takes two checks in a row in which nothing is under way', () => {
    const played = new Played(watched({ epoch: 4 })).look(all(well));
    played.leases = [{ store: 'orders', holder: US, epoch: 4 }];
    for (const slot of ['free', 'held', 'free', undefined, 'free'] as const) {
      played.slot = slot;
      played.look(all(well));
    }
    expect(played.decisions).toEqual([]);
  });

  it('a new watch that cannot read them promotes nobody: the platform may move the primary by itself', () => {
    const played = new Played();
    played.leasesUnread = 'orders: no answer within 8 s';
    played.look(all(well));
    times(5, () => played.look(only(EU)));
    expect(played.asked()).toEqual([]);
    expect(played.wanted()).toMatchObject({
      severity: 'critical',
      title: `held: fail-over ${EU} to ${US}`,
      detail: expect.stringContaining('its leases cannot be read (orders: no answer within 8 s)'),
    });
    played.leasesUnread = undefined;
    expect(played.look(only(EU)).asked()).toEqual([`fail-over ${EU}`]);
  });

  it('what was read of them once counts while they cannot be read', () => {
    const played = new Played();
    played.leases = [
      { store: 'orders', holder: EU, epoch: 3 },
      { store: 'carts', holder: EU, epoch: 3 },
    ];
    played.look(all(well));
    played.leases = [{ store: 'orders', holder: EU, epoch: 3 }];
    played.leasesUnread = 'carts: no answer';
    times(5, () => played.look(only(EU)));
    expect(played.decisions).toEqual([]);
    expect(played.state.leases.map(({ store }) => store)).toEqual(['orders', 'carts']);
  });

  it('is written down whatever the automation says', () => {
    const played = new Played(watched({ automation: 'off' }));
    played.leases = [{ store: 'orders', holder: US, epoch: 4 }];
    expect(played.look(all(well)).asked()).toEqual([`record ${EU}`]);
  });
});

describe('other triggers', () => {
  it('latency at three times what is normal for 300 s is a planned move; at 1.5 times a warning only', () => {
    const played = new Played().look(all(well));
    for (const ms of [20, 20, 20, 35, 35, 35]) played.latency(ms).look(all(well), 300_000);
    expect(played.decisions).toEqual([]);
    expect(openAlerts(played.state.book)).toMatchObject([{ key: `latency/${EU}`, severity: 'warning' }]);
    played.latency(70).look(all(well), 300_000);
    expect(played.decisions).toEqual([]);
    played.latency(70).look(all(well), 10_000);
    expect(played.decisions).toMatchObject([{ kind: 'switch-over', region: EU, to: US, outcome: 'asked' }]);
  });

  it('a compliance failure is enough once', () => {
    const played = new Played(watched({ outside: [AP] })).look(all(well));
    expect(played.decisions).toEqual([]);
    played.state = { ...played.state, answering: [EU, AP] };
    played.look(all(well));
    expect(played.asked()).toEqual([`drain ${AP}`]);
    expect(played.state.book.notices).toMatchObject([{ kind: 'opened', severity: 'critical' }]);
  });

  it('data that travels in the clear is one, too', () => {
    const played = new Played().look([well(EU), { ...well(US), unencrypted: ['orders'] }, well(AP)]);
    expect(played.decisions).toMatchObject([
      { kind: 'drain', region: US, because: 'orders is replicated to it unencrypted' },
    ]);
  });
});

describe('automation', () => {
  it('propose says the command once while the reason lasts; the alert ends with it', () => {
    const played = new Played(watched({ automation: 'propose' })).look(all(well));
    times(40, () => played.look(only(US)));
    expect(played.decisions).toMatchObject([{ kind: 'drain', region: US, outcome: 'proposed' }]);
    expect(openAlerts(played.state.book).map(({ key }) => key)).toEqual([`down/${US}`, `wanted/drain/${US}`]);
    times(4, () => played.look(all(well)));
    expect(openAlerts(played.state.book)).toEqual([]);
  });

  describe('a failover that is proposed', () => {
    const proposed = () => {
      const played = new Played(watched({ automation: 'propose' })).look(all(well));
      times(3, () => played.look(only(EU)));
      expect(played.decisions).toMatchObject([{ kind: 'fail-over', outcome: 'proposed' }]);
      return played;
    };

    it('and that nobody decides in time is proposed again while the primary is down', () => {
      const played = proposed();
      times(30, () => played.look(only(EU)));
      expect(played.decisions).toHaveLength(1);
      played.ends(0, { outcome: 'rejected', failure: 'Approval.Expired', summary: 'nobody decided' }).look(only(EU));
      expect(played.decisions).toMatchObject([{ outcome: 'proposed' }, { outcome: 'proposed' }]);
      expect(played.wanted()).toMatchObject({ title: `proposed: fail-over ${EU} to ${US}` });
      times(30, () => played.look(only(EU)));
      expect(played.decisions).toHaveLength(2);
      expect(played.withdrawn).toEqual([]);
    });

    it('and that is void since somebody else tried in vain is proposed again at once', () => {
      const played = proposed();
      const summary = 'made way for promote-region/orders/staging/1';
      played.ends(0, { outcome: 'stood-down', failure: 'Operation.MadeWay', summary }).look(only(EU));
      expect(played.decisions).toMatchObject([{ outcome: 'proposed' }, { outcome: 'proposed' }]);
    });

    it('and that somebody stops is not asked again for an hour', () => {
      const played = proposed();
      played.ends(0, { outcome: 'stood-down', failure: 'Operation.Aborted', summary: 'mira stopped it' });
      times(119, () => played.look(only(EU)));
      expect(played.decisions).toHaveLength(1);
      times(2, () => played.look(only(EU)));
      expect(played.decisions).toHaveLength(2);
    });

    it('and that somebody rejects is not asked again for an hour; its alert has the command', () => {
      const played = proposed();
      played.ends(0, { outcome: 'rejected', failure: 'Approval.Rejected', summary: 'mira said no' });
      times(119, () => played.look(only(EU)));
      expect(played.decisions).toHaveLength(1);
      expect(played.wanted()).toMatchObject({
        severity: 'critical',
        title: `rejected: fail-over ${EU} to ${US}`,
        detail: expect.stringContaining('mira said no'),
        next: `meridian promote-region orders/staging ${US}`,
      });
      times(2, () => played.look(only(EU)));
      expect(played.decisions).toHaveLength(2);
    });

    it('and approved, but then could not be carried out, says so, with the command', () => {
      const played = proposed();
      played.ends(0, { outcome: 'done', summary: 'approved' }).look(only(EU));
      expect(played.wanted()).toMatchObject({ title: `proposed: fail-over ${EU} to ${US}` });
      const summary = 'nobody can prove that orders has stopped';
      played.ends(1, { outcome: 'failed', failure: 'Platform.Unavailable', summary }).look(only(EU));
      expect(played.wanted()).toMatchObject({
        title: `failed: fail-over ${EU} to ${US}`,
        detail: expect.stringContaining(summary),
        next: `meridian promote-region orders/staging ${US}`,
      });
      expect(played.decisions).toHaveLength(1);
    });

    it('is withdrawn when its reason is over, once, and only while it waits', () => {
      const played = proposed();
      times(5, () => played.look(all(well)));
      expect(played.withdrawn).toEqual(['promote-region/orders/staging/0']);
      expect(played.wanted()).toBeUndefined();
      const decided = proposed();
      decided.ends(0, { outcome: 'rejected', failure: 'Approval.Rejected', summary: 'mira said no' });
      times(5, () => decided.look(all(well)));
      expect(decided.withdrawn).toEqual([]);
    });
  });

  it('what was asked for and failed says so, with the command', () => {
    const played = new Played().look(all(well));
    times(3, () => played.look(only(EU)));
    played.ends(0, { outcome: 'failed', failure: 'Platform.Unavailable', summary: 'no proof' });
    played.change({ primary: EU, chain: [US, AP] }).look(only(EU));
    expect(played.wanted()).toMatchObject({
      title: `failed: fail-over ${EU} to ${US}`,
      next: `meridian promote-region orders/staging ${US}`,
    });
  });

  it('off does nothing and still tells', () => {
    const played = new Played(watched({ automation: 'off' })).look(all(well));
    times(10, () => played.look(only(EU)));
    expect(played.decisions).toEqual([]);
    expect(openAlerts(played.state.book)).toMatchObject([{ key: `down/${EU}`, severity: 'critical' }]);
  });
});

it('two opposite decisions are never within the dwell time, nor more than one move of the primary an hour', () => {
  const look = fc.constantFrom(well, down, unseenRegion, (region: string) =>
    seen(region, { compute: 0, traffic: 100 }),
  );
  // runs of the same weather, so that triggers really come about
  const weather = fc.array(
    fc.record({ regions: fc.tuple(look, look, look), checks: fc.integer({ min: 1, max: 30 }) }),
    {
      maxLength: 25,
    },
  );
  let decided = 0;
  fc.assert(
    fc.property(weather, fc.boolean(), (spells, drained) => {
      const played = new Played(watched(drained ? { drained: [AP] } : {})).look(all(well));
      for (const { regions, checks } of spells)
        times(checks, () => played.look(REGIONS.map((region, i) => regions[i]?.(region) ?? well(region))));
      const asked = played.decisions.filter(({ outcome }) => outcome === 'asked');
      decided += asked.length;
      for (const [i, one] of asked.entries())
        for (const later of asked.slice(i + 1)) {
          const apartMs = Date.parse(later.at) - Date.parse(one.at);
          if (areOpposite(one, later)) expect(apartMs).toBeGreaterThanOrEqual(DWELL_MS);
          if (one.to && later.to) expect(apartMs).toBeGreaterThanOrEqual(3_600_000);
        }
      // what travels from run to run stays small
      expect(JSON.stringify(played.state).length).toBeLessThan(100_000);
    }),
    { numRuns: 100 },
  );
  expect(decided).toBeGreaterThan(100);
});

it('every action is an operation of the deployment and a command for a person', () => {
  const key = { application: 'orders', environment: 'staging' };
  const action = (kind: Action['kind']): Action => ({ kind, region: EU, to: US, because: 'so' });
  expect(
    (['fail-over', 'switch-over', 'drain', 'return', 'record'] as const).map((kind) => commandOf(action(kind), key)),
  ).toEqual([
    `meridian promote-region orders/staging ${US}`,
    `meridian switchover orders/staging ${US}`,
    `meridian drain orders/staging ${EU}`,
    `meridian undrain orders/staging ${EU}`,
    'meridian failovers orders/staging --record',
  ]);
  expect(operationOf(action('fail-over'), true)).toMatchObject({ kind: 'promote-region', region: US, proposed: true });
});
