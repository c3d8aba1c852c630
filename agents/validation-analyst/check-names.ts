import { CHECKLIST_ITEMS, type ChecklistEntry } from '../../contracts/validation';

/** The ten checks in a word each, in the order of the checklist: its sentences are for people and cost tokens. */
export const CHECK_NAMES = [
  'health',
  'failover',
  'latency',
  'replication',
  'lag',
  'dashboards',
  'alerting',
  'runbook',
  'cost',
  'security',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** Checks with a status, each with the headline of its evidence. */
export function checksThat(
  checklist: readonly ChecklistEntry[],
  status: ChecklistEntry['status'],
): Array<{ check: CheckName; measured: string }> {
  return checklist
    .filter((entry) => entry.status === status)
    .map(({ item, evidence }) => ({
      check: CHECK_NAMES[CHECKLIST_ITEMS.indexOf(item)] ?? 'health',
      measured: evidence[0]?.measured ?? '',
    }));
}
