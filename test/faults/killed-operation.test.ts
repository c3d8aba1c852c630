import type { OperationReport } from '../../contracts/operation-report';
import { type DeploymentRecord, emptyRecord } from '../../contracts/record';
import { FakeCloud } from '../../platforms/fake/fake-cloud';
import { type Ended, judge } from './killed-operation';

const [one, two] = ['us-east-1', 'eu-west-1'];
const live = { topology: { regions: [{ region: one }, { region: two }] } } as unknown as DeploymentRecord['live'];
const record = (primary: string): DeploymentRecord => ({ ...emptyRecord('orders', 'staging'), live, primary });

/** A switchover from one region to the other that went well, and what a test makes of it. */
function ended(change: (ended: Ended) => void = () => undefined): Ended {
  const cloud = new FakeCloud();
  cloud.databases.set(one, { region: one, role: 'standby', fenced: false });
  cloud.databases.set(two, { region: two, role: 'primary', fenced: false });
  const report = { outcome: 'done', left: [] as string[] } as OperationReport;
  const made: Ended = {
    request: { kind: 'switchover', region: two },
    before: record(one),
    record: record(two),
    cloud,
    report,
  };
  change(made);
  return made;
}

test('an operation that left everything as it should be broke nothing', () => {
  expect(judge(ended())).toEqual([]);
});

test.each<[string, (ended: Ended) => void]>([
  ['stuck', (made) => delete made.report],
  ['it ended failed', ({ report }) => Object.assign(report ?? {}, { outcome: 'failed' })],
  ['left: a region', ({ report }) => report?.left.push('a region')],
  ['in force: f', ({ cloud }) => cloud.faults.set('f', { fault: { kind: 'kill-region', region: one }, at: '' })],
  ['drained are us-east-1, by record none', ({ cloud }) => cloud.drained.push(one)],
  ['the platform is at epoch 1', ({ cloud }) => cloud.accept(1)],
  [
    'us-east-1,eu-west-1 takes writes',
    ({ cloud }) => Object.assign(cloud.databases.get(one) ?? {}, { role: 'primary' }),
  ],
  ['nobody takes writes', ({ cloud }) => Object.assign(cloud.databases.get(two) ?? {}, { fenced: true })],
  ['stopped are us-east-1', ({ cloud }) => Object.assign(cloud.databases.get(one) ?? {}, { fenced: true })],
  ['us-east-1 holds the lease', ({ cloud }) => cloud.leases.set('s', { holder: one, epoch: 0, automation: 'off' })],
  ['eu-west-1 is standby, by the table primary', (made) => Object.assign(made, { record: record(one) })],
  [
    'a drill goes on',
    (made) => Object.assign(made.record, { drilling: { workflowId: 'd', kind: 'freeze', until: '' } }),
  ],
])('is told: %s', (words, change) => {
  expect(judge(ended(change)).join('\n')).toContain(words);
});
