import { isOnRequest, REGION_IDS } from '../../catalog/regions';
import { type FakeDeployments, fakeRequest, startFakeDeployments } from '../support/fake-deployments';

let fake: FakeDeployments;
beforeAll(async () => {
  fake = await startFakeDeployments();
});
afterAll(() => fake.stop());

/** The server warns about histories of 4,096 events and ends those of 51,200; payloads above 128 KB are too large for us. */
const MOST_EVENTS = 1_500;
const LARGEST_PAYLOAD_BYTES = 128 * 1024;

it('deploys thirty regions within a small history', async () => {
  const measured = REGION_IDS.filter((region) => !isOnRequest(region));
  const wanted = [...measured, ...REGION_IDS.filter(isOnRequest)].slice(0, 30);
  const handle = await fake.deploy({
    regions: { wanted, excluded: [], max: 30, overrides: {} },
    latency: { percentile: 95, underMs: 1_000, of: 'read' },
    budget: { usdPerMonth: 100_000 },
    // the small burstable classes are not offered everywhere
    dataStores: fakeRequest().dataStores.map((store) => ({ ...store, instanceClass: 'db.r6g.large' })),
  });
  const report = await handle.result();
  expect(report.failure).toBeUndefined();
  expect(report.verdict).toBe('promoted');
  expect(fake.cloud.regionsWith('base')).toHaveLength(30);
  const events = (await handle.fetchHistory()).events ?? [];
  const sizes = events.map((event) => JSON.stringify(event).length);
  console.log(`30 regions: ${events.length} events, largest ${Math.round(Math.max(...sizes) / 1024)} KB as JSON`);
  expect(events.length).toBeLessThan(MOST_EVENTS);
  expect(largestPayload(events)).toBeLessThan(LARGEST_PAYLOAD_BYTES);
}, 600_000);

/** Bytes of the largest payload anywhere in a history. */
function largestPayload(node: unknown): number {
  if (node instanceof Uint8Array) return node.byteLength;
  if (typeof node !== 'object' || node === null) return 0;
  return Math.max(0, ...Object.values(node).map(largestPayload));
}
