import type { ReplicationMode } from '../../contracts/replication';
import { replicationWords } from '../../policies/replication-words';

const regions = {
  primary: 'us-east-1',
  replicas: ['eu-west-1', 'eu-central-1', 'ap-southeast-1'],
  readers: ['ap-southeast-1'],
};

function words(mode: ReplicationMode, changes: Partial<typeof regions> = {}): string[] {
  return replicationWords({ mode, ...regions, ...changes });
}

test('blocking says when a write is acknowledged, that none is lost, and that writes may wait', () => {
  expect(words({ kind: 'synchronous', writePenaltyMs: 70.4, quorum: 1, whenDegraded: 'block' })).toEqual([
    'synchronous, a write is acknowledged when 1 of 2 standbys has it, 70 ms later',
    'no acknowledged write is lost with the primary',
    'with fewer than 1 standby (whenDegraded: block), writes wait',
    'only read, never promoted: ap-southeast-1',
  ]);
});

test('continuing says what is lost while standbys are missing', () => {
  expect(
    words({ kind: 'synchronous', writePenaltyMs: 70, quorum: 2, whenDegraded: 'continue' }, { readers: [] }),
  ).toEqual([
    'synchronous, a write is acknowledged when 2 of 3 standbys have it, 70 ms later',
    'no acknowledged write is lost with the primary while 2 standbys answer',
    'with fewer than 2 standbys (whenDegraded: continue), writes are acknowledged by the primary alone and lost with it',
  ]);
});

test('asynchronous names what may be lost, and a single copy is called that', () => {
  expect(words({ kind: 'asynchronous', boundedRpoSeconds: 60 }, { readers: [] })).toEqual([
    'asynchronous, a write is acknowledged by us-east-1 alone',
    'up to 60 s of acknowledged writes may be lost with it',
  ]);
  expect(words({ kind: 'asynchronous', boundedRpoSeconds: 60 }, { replicas: [], readers: [] })).toEqual([
    'one copy in us-east-1',
  ]);
});
