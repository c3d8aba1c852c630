import type { OperationKind } from '../../contracts/operation';
import type { DeploymentRecord } from '../../contracts/record';
import { deploymentName } from '../../contracts/workflow-ids';
import { deploymentState, regionState } from './operating-state';
import { type Cell, OPERATIONS } from './transitions';

export type Judgement = { kind: 'legal' } | { kind: 'already'; why: string } | { kind: 'refused'; why: string };

interface Asked {
  kind: OperationKind;
  region?: string;
}

/** Stores without a primary have nothing to move: every region of an application without data is as good as another. */
const MOVES_WRITES: readonly OperationKind[] = ['switchover', 'promote-region', 'rejoin', 'restore', 'record-failover'];

/**
 * Whether the table allows an operation now, and if not, in which words.
 * @param diverged the platform says that another region takes the writes than the record does
 */
export function judgeOperation(asked: Asked, record: DeploymentRecord, diverged = false): Judgement {
  const row = OPERATIONS[asked.kind];
  const deployment = judged(row.deployment[deploymentState(record, diverged)], asked, record);
  if (deployment.kind !== 'legal') return deployment;
  if (record.live && !record.primary && MOVES_WRITES.includes(asked.kind))
    return {
      kind: 'refused',
      why: `${deploymentName(record)} keeps no data: there is no primary; drain a region instead`,
    };
  if (!row.region || asked.region === undefined || goesOn(asked, record)) return deployment;
  const region = judged(row.region[regionState(record, asked.region)], asked, record);
  return region.kind === 'legal' ? readerRefusal(asked, record) : region;
}

/** The writes are at the region already, or some of them: the same promotion again brings the rest and the traffic there. */
function goesOn({ kind, region }: Asked, { moving }: DeploymentRecord): boolean {
  return kind === 'promote-region' && moving !== undefined && moving.to === region;
}

/** A copy that is only read lacks what a primary needs, and may be far behind. */
function readerRefusal({ kind, region = '' }: Asked, { live }: DeploymentRecord): Judgement {
  if (kind !== 'switchover' && kind !== 'promote-region' && kind !== 'restore') return { kind: 'legal' };
  const cannot = (live?.replication?.stores ?? []).find(
    ({ engine, primary, replicas, readers = [] }) =>
      engine === 'postgresql' && (readers.includes(region) || ![primary, ...replicas].includes(region)),
  );
  if (!cannot) return { kind: 'legal' };
  const able = cannot.replicas.filter((one) => !cannot.readers?.includes(one) && one !== region);
  const has = cannot.readers?.includes(region) ? 'only a copy to read from' : 'no copy';
  return {
    kind: 'refused',
    why: `${region} holds ${has} of ${cannot.store}; valid: ${[...new Set([cannot.primary, ...able])].join(', ')}`,
  };
}

function judged(cell: Cell<string>, { region }: Asked, record: DeploymentRecord): Judgement {
  if ('becomes' in cell) return { kind: 'legal' };
  const words: Record<string, string | undefined> = {
    name: deploymentName(record),
    region,
    regions: record.live?.topology.regions.map((one) => one.region).join(', '),
    primary: record.primary,
    fenced: record.fenced?.map((one) => one.region).join(', '),
    moving: record.moving?.to,
  };
  const said = (text: string) => text.replace(/\{(\w+)\}/g, (_all, word: string) => words[word] ?? '?');
  return 'already' in cell
    ? { kind: 'already', why: said(cell.already) }
    : { kind: 'refused', why: said(cell.refused) };
}
