import { electionNeeds } from '../../failover/protocol/quorum';

/** Every set of `size` members of 0 … total - 1, as bits. */
function sets(total: number, size: number): number[] {
  return Array.from({ length: 2 ** total }, (_, bits) => bits).filter((bits) => bitCount(bits) === size);
}

function bitCount(bits: number): number {
  return bits.toString(2).replaceAll('0', '').length;
}

/** Whether some write could be held by `n` standbys, acknowledged, and by none of the `visible` ones. */
function canLose(standbys: number, n: number, visible: number): boolean {
  return sets(standbys, n).some((holders) => sets(standbys, visible).some((seen) => (holders & seen) === 0));
}

describe('an election', () => {
  const cases = [1, 2, 3, 4, 5, 6, 7].flatMap((standbys) =>
    Array.from({ length: standbys }, (_, index) => ({ standbys, n: index + 1 })),
  );

  it.each(cases)(
    'among $standbys standbys of which $n hold every write needs as many as are safe, and no more',
    ({ standbys, n }) => {
      const needs = electionNeeds({ standbys, n });
      expect(canLose(standbys, n, needs)).toBe(false);
      expect(canLose(standbys, n, needs - 1)).toBe(true);
    },
  );

  it('needs one where nothing is promised, or nothing could be acknowledged', () => {
    expect(electionNeeds({ standbys: 4, n: 0 })).toBe(1);
    expect(electionNeeds({ standbys: 1, n: 2 })).toBe(1);
  });
});
