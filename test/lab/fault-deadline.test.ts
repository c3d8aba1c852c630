import { LIVE_PATH } from '../../contracts/probe-contract';
import { startTestLab, type TestLab, until } from './running-lab';
import { PRIMARY, SampleDeployment, STANDBY, scope } from './sample-deployment';

/** Whoever injected a fault is gone: it is the lab that undoes it. */
let lab: TestLab;
const UNDO_AFTER_MS = 1_500;

beforeAll(async () => {
  lab = await startTestLab();
  await new SampleDeployment(lab.daemon, { dataStores: [] }).applyAll('base', 'connectivity');
});
afterAll(() => lab.stop());

const answers = async () => (await lab.askRegion(PRIMARY, 'GET', LIVE_PATH).catch(() => undefined))?.status === 200;
const faults = async () => (await lab.daemon.call('status', {})).faults;

test.each([
  { kind: 'kill-region', region: PRIMARY } as const,
  { kind: 'cut-link', from: PRIMARY, to: STANDBY } as const,
])('$kind is over when its time has come', async (fault) => {
  expect(await answers()).toBe(true);
  const id = `abandoned-${fault.kind}`;
  const { at } = await lab.daemon.call('faults.inject', { ...scope, id, fault, undoAfterMs: UNDO_AFTER_MS });
  expect(await faults()).toEqual([expect.stringContaining(id)]);
  expect(await answers()).toBe(fault.kind === 'cut-link');
  await until('the fault is over', async () => (await faults()).length === 0);
  expect(Date.now() - Date.parse(at)).toBeGreaterThanOrEqual(UNDO_AFTER_MS - 500);
  await until('the region answers', answers);
});
