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
    'synchronous: acknowledged when 1 of 2 standbys has the write, 70 ms later',
    'nothing acknowledged is lost with the primary',
    'with fewer standbys writes wait (block)',
    'only read, never promoted: ap-southeast-1',
  ]);
});

test('continuing says what is lost while standbys are missing', () => {
  const mode = { kind: 'synchronous', writePenaltyMs: 70, quorum: 2, whenDegraded: 'continue' } as const;
  expect(words(mode, { readers: [] })).toEqual([
    'synchronous: acknowledged when 2 of 3 standbys have the write, 70 ms later',
    'nothing acknowledged is lost with the primary while 2 standbys answer',
    'with fewer standbys the primary acknowledges alone, and that may be lost with it (continue)',
  ]);
});

test('asynchronous names what may be lost, and a single copy is called that', () => {
  expect(words({ kind: 'asynchronous', boundedRpoSeconds: 60 }, { readers: [] })).toEqual([
    'asynchronous: acknowledged by us-east-1 alone',
    'up to 60 s of what was acknowledged may be lost with it',
  ]);
  expect(words({ kind: 'asynchronous', boundedRpoSeconds: 60 }, { replicas: [], readers: [] })).toEqual([
    'one copy in us-east-1',
  ]);
});
