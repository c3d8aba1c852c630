import fc from 'fast-check';
import type { StackKind } from '../../contracts/stack';
import { danglingStacks, leavingRegions } from '../../policies/leaving-regions';
import { sampleReport } from '../clients/sample-report';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-1', 'sa-east-1'];
const KINDS: StackKind[] = ['base', 'connectivity', 'data', 'preview', 'global'];
const { topology, stacks } = sampleReport.plan!;

const place = (regions: string[]) => regions.map((region) => ({ ...topology.regions[0]!, region }));
const made = (region: string) =>
  KINDS.map((kind) => ({ ...stacks[0]!, ref: { ...stacks[0]!.ref, region, kind, name: `orders-${kind}` } }));

const regions = fc.uniqueArray(fc.constantFrom(...REGIONS), { minLength: 1 });

test('what leaves is live, not wanted and does not take the writes; its network goes last, its global records stay', () => {
  fc.assert(
    fc.property(regions, regions, (now, wanted) => {
      const live = { topology: { ...topology, regions: place(now) }, stacks: now.flatMap(made), writer: now[0] };
      const leaving = leavingRegions(live, { regions: place(wanted) });
      expect(leaving.map(({ region }) => region)).toEqual(
        now.filter((region, index) => index > 0 && !wanted.includes(region)),
      );
      for (const { region, stacks: gone } of leaving) {
        expect(gone.map(({ ref }) => ref)).toEqual(
          ['data', 'connectivity', 'base'].map((kind) => ({ ...stacks[0]!.ref, region, kind, name: `orders-${kind}` })),
        );
      }
    }),
  );
});

test('what a region that stays has and the new plan does not is dangling, whatever it is; global records never are', () => {
  fc.assert(
    fc.property(regions, regions, fc.subarray(KINDS), (now, wanted, kept) => {
      const live = { topology: { ...topology, regions: place(now) }, stacks: now.flatMap(made) };
      const planned = wanted.flatMap(made).filter(({ ref }) => kept.includes(ref.kind));
      const dangling = danglingStacks(live, { regions: place(wanted) }, planned);
      expect(dangling.map(({ ref }) => `${ref.region}/${ref.kind}`)).toEqual(
        now
          .filter((region) => wanted.includes(region))
          .flatMap((region) =>
            KINDS.filter((kind) => ['base', 'connectivity', 'data'].includes(kind) && !kept.includes(kind)).map(
              (kind) => `${region}/${kind}`,
            ),
          )
          .reverse(),
      );
    }),
  );
});
