import type { DeploymentOperatingState, OperationKind, RegionOperatingState } from '../../contracts/operation';

/** What an operation means in one state: it is legal and the state becomes another, it is so already, or it is refused. */
export type Cell<State> = { becomes: State } | { already: string } | { refused: string };

export interface OperationRow {
  /** in a few words, after the name of the operation */
  does: string;
  /** a smaller one goes first; equal ones in the order of their numbers */
  priority: Priority;
  /**
   * When an emergency needs the slot: `way-back` stops at its next safe point and undoes what it did, or stays where the
   * way back ends; `beside` touches nothing that an emergency touches and goes on; `waits` is waited for; `question` as
   * well, but while it only waits for a person it gives that up for an emergency that is more urgent.
   */
  preempted: 'way-back' | 'beside' | 'waits' | 'question';
  deployment: Record<DeploymentOperatingState, Cell<DeploymentOperatingState>>;
  /** of the region that is named; absent for an operation on the deployment as a whole */
  region?: Record<RegionOperatingState, Cell<RegionOperatingState>>;
  /** what the region that took the writes becomes */
  oldPrimary?: RegionOperatingState;
}

/** Classes of operations, the most urgent first. */
export const PRIORITIES = ['record', 'emergency', 'switchover', 'deploy', 'drill'] as const;
export type Priority = (typeof PRIORITIES)[number];
/** These do not wait for what runs: it has to make way. */
const EMERGENCIES: readonly Priority[] = ['record', 'emergency'];

const NOT_LIVE = { refused: 'nothing of {name} is live: deploy it first' };
const RECORD_FIRST = {
  refused:
    'the platform has failed over by itself and the record does not know it yet: record it first ("meridian failovers {name} --record")',
};
const REJOIN_FIRST = {
  refused:
    '{region} is fenced: its data may differ from the others; rejoin it first ("meridian rejoin {name} {region}")',
};
const WRITES_ALREADY = {
  primary: { already: '{region} takes the writes already' },
  'primary-drained': {
    already: '{region} takes the writes already; let it answer again with "meridian undrain {name} {region}"',
  },
};
const FINISH_FIRST = {
  refused:
    'the writes are moving to {moving} and have not all arrived, or the traffic has not followed: go on with that first ("meridian promote-region {name} {moving}"; after a restore that broke off: the same restore), or record where the writes are ("meridian failovers {name} --record")',
};
const NO_PART = { refused: '{region} is no region of {name}; valid: {regions}' };
const STAYS = {
  absent: NOT_LIVE,
  live: { becomes: 'live' },
  'failed-over': { becomes: 'failed-over' },
  moving: FINISH_FIRST,
  diverged: RECORD_FIRST,
} as const;
const ALL_REGIONS_FIRST = {
  refused:
    '{fenced} is fenced since a failover: rejoin it before anything else is changed ("meridian rejoin {name} {fenced}")',
};
const FROM_ANY = (state: DeploymentOperatingState) => ({
  absent: { becomes: 'absent' as const },
  live: { becomes: state },
  'failed-over': { becomes: state },
  moving: { becomes: state },
  diverged: { becomes: state },
});

/**
 * What may be done to a live deployment, from which state, and what becomes of it: the one source of what the entity
 * refuses, of the order of operations, of docs/operations.md and of the help of the command line. In the sentences {name},
 * {region}, {regions}, {primary}, {fenced} and {moving} stand for what is meant.
 */
export const OPERATIONS: Record<OperationKind, OperationRow> = {
  'record-failover': {
    does: 'takes over into the record what the platform did by itself',
    priority: 'record',
    preempted: 'waits',
    deployment: {
      absent: NOT_LIVE,
      live: { already: 'the record says what the platform says: {primary} takes the writes' },
      'failed-over': { already: 'the record says what the platform says: {primary} takes the writes' },
      moving: { becomes: 'failed-over' },
      diverged: { becomes: 'failed-over' },
    },
  },
  'promote-region': {
    does: 'makes a standby the primary once the old one is fenced; what was not replicated is lost',
    priority: 'emergency',
    preempted: 'question',
    deployment: {
      absent: NOT_LIVE,
      live: { becomes: 'failed-over' },
      'failed-over': { becomes: 'failed-over' },
      moving: { becomes: 'failed-over' },
      diverged: RECORD_FIRST,
    },
    region: {
      ...WRITES_ALREADY,
      standby: { becomes: 'primary' },
      drained: { becomes: 'primary' },
      fenced: REJOIN_FIRST,
      absent: NO_PART,
    },
    oldPrimary: 'fenced',
  },
  switchover: {
    does: 'moves the writes to a standby as planned and loses nothing',
    priority: 'switchover',
    preempted: 'way-back',
    deployment: STAYS,
    region: {
      ...WRITES_ALREADY,
      standby: { becomes: 'primary' },
      drained: { refused: '{region} answers nobody: let it answer again first ("meridian undrain {name} {region}")' },
      fenced: REJOIN_FIRST,
      absent: NO_PART,
    },
    oldPrimary: 'standby',
  },
  drain: {
    does: 'takes a region out of answering; its data goes on replicating',
    priority: 'switchover',
    preempted: 'way-back',
    deployment: STAYS,
    region: {
      primary: {
        refused: '{region} takes the writes: move them first ("meridian switchover {name} REGION"), then drain it',
      },
      'primary-drained': { already: '{region} answers nobody already' },
      standby: { becomes: 'drained' },
      drained: { already: '{region} answers nobody already' },
      fenced: { already: '{region} answers nobody already: it is fenced' },
      absent: NO_PART,
    },
  },
  undrain: {
    does: 'lets a drained region answer again once it can serve',
    priority: 'switchover',
    preempted: 'way-back',
    deployment: STAYS,
    region: {
      primary: { already: '{region} answers already' },
      'primary-drained': { becomes: 'primary' },
      standby: { already: '{region} answers already' },
      drained: { becomes: 'standby' },
      fenced: REJOIN_FIRST,
      absent: NO_PART,
    },
  },
  rejoin: {
    does: 'makes the database of a region a fresh standby; its old data is kept and compared first',
    priority: 'switchover',
    preempted: 'way-back',
    deployment: {
      absent: NOT_LIVE,
      live: { becomes: 'live' },
      'failed-over': { becomes: 'live' },
      moving: FINISH_FIRST,
      diverged: RECORD_FIRST,
    },
    region: {
      primary: { refused: '{region} takes the writes: a primary is not made anew' },
      'primary-drained': { refused: '{region} takes the writes: a primary is not made anew' },
      standby: { becomes: 'standby' },
      drained: { becomes: 'standby' },
      fenced: { becomes: 'standby' },
      absent: NO_PART,
    },
  },
  restore: {
    does: 'brings the data back from a backup and the archived log, when no database is left or time has to be turned back',
    priority: 'emergency',
    preempted: 'question',
    deployment: {
      absent: NOT_LIVE,
      live: { becomes: 'failed-over' },
      'failed-over': { becomes: 'failed-over' },
      moving: { becomes: 'failed-over' },
      // the platform may have failed over before the last database died
      diverged: { becomes: 'failed-over' },
    },
    region: {
      primary: { becomes: 'primary' },
      'primary-drained': { becomes: 'primary' },
      standby: { becomes: 'primary' },
      drained: { becomes: 'primary' },
      fenced: { becomes: 'primary' },
      absent: NO_PART,
    },
    oldPrimary: 'fenced',
  },
  deploy: {
    does: 'deploys a request, or changes what is live',
    priority: 'deploy',
    preempted: 'way-back',
    deployment: {
      absent: { becomes: 'live' },
      live: { becomes: 'live' },
      'failed-over': ALL_REGIONS_FIRST,
      moving: FINISH_FIRST,
      diverged: RECORD_FIRST,
    },
  },
  retire: {
    does: 'destroys everything of a deployment',
    priority: 'deploy',
    preempted: 'question',
    deployment: FROM_ANY('absent'),
  },
  sweep: {
    does: 'destroys what belongs to no deployment any more',
    priority: 'deploy',
    preempted: 'beside',
    deployment: {
      absent: { becomes: 'absent' },
      live: { becomes: 'live' },
      'failed-over': { becomes: 'failed-over' },
      moving: { becomes: 'moving' },
      diverged: { becomes: 'diverged' },
    },
  },
  drill: {
    does: 'injects a fault on purpose, measures, and undoes it',
    priority: 'drill',
    preempted: 'way-back',
    deployment: {
      absent: NOT_LIVE,
      live: { becomes: 'live' },
      'failed-over': ALL_REGIONS_FIRST,
      moving: FINISH_FIRST,
      diverged: RECORD_FIRST,
    },
  },
};

/** What becomes of an operation that is asked for while another one runs. */
export type Encounter = 'waits' | 'pre-empts' | 'runs-beside';

export function isEmergency(kind: OperationKind): boolean {
  return EMERGENCIES.includes(OPERATIONS[kind].priority);
}

/** The smaller goes first. */
export function priorityOf(kind: OperationKind): number {
  return PRIORITIES.indexOf(OPERATIONS[kind].priority);
}

/** What becomes of `asked` while `running` holds the slot; the one rule behind the table of pairs in docs/operations.md. */
export function encounter(running: OperationKind, asked: OperationKind): Encounter {
  if (!isEmergency(asked)) return 'waits';
  return ENCOUNTERS[OPERATIONS[running].preempted];
}

const ENCOUNTERS = { 'way-back': 'pre-empts', beside: 'runs-beside', waits: 'waits', question: 'waits' } as const;

/**
 * Whether `running`, which `asked` waits for, gives up a question that nobody has decided yet: what destroys does so for
 * an emergency, and a drill, which can be held another day, for everything that is more urgent.
 */
export function endsQuestion(running: OperationKind, asked: OperationKind): boolean {
  if (priorityOf(asked) >= priorityOf(running)) return false;
  if (OPERATIONS[running].priority === 'drill') return encounter(running, asked) === 'waits';
  return OPERATIONS[running].preempted === 'question' && isEmergency(asked);
}
