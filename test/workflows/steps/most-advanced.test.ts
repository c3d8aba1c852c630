import type { DatabaseStatus } from '../../../contracts/replication';
import { mostAdvanced } from '../../../workflows/steps/most-advanced';

function standby(region: string, receivedLsn: string, change: Partial<DatabaseStatus> = {}): DatabaseStatus {
  return { region, store: 'orders', reachable: true, role: 'standby', receivedLsn, ...change };
}

describe('the most advanced standby', () => {
  it('compares log positions as numbers, not as text', () => {
    expect(mostAdvanced([standby('eu-west-1', '0/FFFFFFFF'), standby('ap-southeast-1', '1/0')])?.region).toBe(
      'ap-southeast-1',
    );
  });

  it('never is one that cannot be seen, is no standby, or does not say how far it is', () => {
    const seen = standby('eu-west-1', '0/1');
    const others = [
      standby('us-west-2', '9/0', { reachable: false }),
      standby('us-east-1', '9/0', { role: 'primary' }),
      standby('ap-south-1', 'unknown'),
    ];
    expect(mostAdvanced([...others, seen])).toBe(seen);
    expect(mostAdvanced(others)).toBeUndefined();
  });
});
