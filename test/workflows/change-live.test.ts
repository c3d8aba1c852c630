import { decideApprovalUpdate, pauseUpdate, planQuery, progressQuery, resumeUpdate } from '../../contracts/messages';
import type { DeploymentReport } from '../../contracts/report';
import type { DeploymentRequest } from '../../contracts/request';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import { PlatformError } from '../../platforms/platform-error';
import { type FakeDeployments, type RequestChange, startFakeDeployments } from '../support/fake-deployments';

// each test is two or three whole deployments
jest.setTimeout(180_000);

let fake: FakeDeployments;
beforeAll(async () => {
  fake = await startFakeDeployments();
});
afterAll(() => fake.stop());
beforeEach(() => fake.reset());

let names = 0;
const named = () => {
  names += 1;
  return { application: `live-${names}`, hostname: `live-${names}.example.com` };
};

const run = async (change: RequestChange) => (await fake.deploy(change)).result() as Promise<DeploymentReport>;

/** The same services with another image: every base stack changes. */
const newImage = ({ services }: Pick<DeploymentRequest, 'services'>) =>
  services.map((service) => ({ ...service, image: 'meridian/sample-orders:2.0' }));

/** First deployment of three regions; what was done to the cloud since then is what the change did. */
async function goLive(more: RequestChange = {}) {
  const name = { ...named(), ...more };
  const first = await run(name);
  expect(first.failure).toBeUndefined();
  expect(first.verdict).toBe('promoted');
  const acts = fake.cloud.acts.length;
  return {
    name,
    first,
    stacks: templatesByStack(),
    // backups are taken by the clock, whatever else goes on
    since: () => fake.cloud.acts.slice(acts).filter((act) => !/^(backup|prove) /.test(act)),
    record: () => fake.records.load(first.request),
  };
}

const templatesByStack = () => [...fake.cloud.stacks].map(([key, { change }]) => [key, change.template]).sort();

async function until<T>(ask: () => Promise<T>, enough: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await ask();
    if (enough(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('never happened');
}

describe('a change to a live deployment', () => {
  it('says so when there is nothing to do, and touches nothing', async () => {
    const { name, since, record } = await goLive();
    const before = await record();
    const report = await run(name);
    expect(report.verdict).toBe('promoted');
    expect(report.summary).toMatch(/nothing to do: generation 1 is what the request asks for/);
    expect(report.steps.map(({ status }) => status)).toEqual(['passed', 'passed', 'skipped', 'skipped']);
    expect(since()).toEqual([]);
    expect((await record()).live).toEqual(before.live);
  });

  it('drains each region, updates it and returns it; injects no fault and cites the last drill', async () => {
    const { name, first, since, record } = await goLive();
    const report = await run({ ...name, services: newImage(first.request) });
    expect(report.failure).toBeUndefined();
    expect(report).toMatchObject({ verdict: 'promoted', generation: 2 });
    const values =
      report.plan?.changes.flatMap(({ changes }) => changes.flatMap(({ values: each = [] }) => each)) ?? [];
    expect(values.filter(({ path }) => path.endsWith('.Image'))).toEqual(
      Array(3).fill({
        path: expect.any(String),
        from: expect.stringMatching(/sample-orders:1\.0$/),
        to: expect.stringMatching(/sample-orders:2\.0$/),
      }),
    );
    expect(report.drill).toBeUndefined();
    expect(report.checklist[1]?.evidence[0]?.measured).toMatch(/the last drill, of .*generation 1.* passed/);
    // what a changed base stack hands on may have changed: the stacks after it are looked at again, without effect
    const acts = since().filter((act) => act.startsWith('drain') || act.endsWith('/base'));
    const regions = report.plan?.rollout.waves.flatMap((wave) => wave.regions) ?? [];
    expect(regions).toHaveLength(3);
    expect(acts).toEqual(regions.flatMap((region) => [`drain ${region}`, `apply ${region}/base`, 'drain nothing']));
    expect(fake.cloud.drained).toEqual([]);
    expect(await record()).toMatchObject({ live: { generation: 2 }, drained: [] });
  });

  it('returns to what was there when a later region fails, with everybody answering', async () => {
    const { name, first, stacks, since, record } = await goLive();
    const last = first.plan?.rollout.waves.at(-1)?.regions[0] ?? '';
    const error = new PlatformError('Platform.StackFailed', 'no capacity', { region: last });
    fake.cloud.script.push({ call: 'apply', region: last, kind: 'base', times: 1, error });
    const report = await run({ ...name, services: newImage(first.request) });
    expect(report.verdict).toBe('rolled-back');
    expect(report.leftovers).toEqual([]);
    expect(templatesByStack()).toEqual(stacks);
    expect(since().filter((act) => act.startsWith('destroy'))).toEqual([]);
    expect(fake.cloud.drained).toEqual([]);
    expect(await record()).toMatchObject({ live: { generation: 1 }, drained: [] });
  });

  it('adds a region without touching the networks of the others', async () => {
    const { name, first, since, record } = await goLive();
    const wanted = [...first.request.regions.wanted, 'eu-central-1'];
    const report = await run({ ...name, regions: { ...first.request.regions, wanted } });
    expect(report.failure).toBeUndefined();
    expect(report.verdict).toBe('promoted');
    expect((await record()).live?.topology.regions.map(({ region }) => region).sort()).toEqual([...wanted].sort());
    expect(since()).toContain('apply eu-central-1/base');
    expect(since()).toContain('apply eu-central-1/data');
    const lost = report.plan?.changes.flatMap(({ changes }) =>
      changes.filter(({ action }) => action === 'delete' || action === 'replace'),
    );
    expect(lost).toEqual([]);
  });

  it('removes a region: drained first, destroyed last', async () => {
    const { name, first, since, record } = await goLive();
    const live = (await record()).live!;
    const leaving = first.request.regions.wanted.find(
      (region) => region !== first.topology?.primary && region !== live.firstRegion,
    )!;
    const wanted = first.request.regions.wanted.filter((region) => region !== leaving);
    const report = await run({ ...name, regions: { ...first.request.regions, wanted } });
    expect(report.failure).toBeUndefined();
    expect(report.verdict).toBe('promoted');
    expect(report.plan?.removals.map(({ region }) => region)).toEqual([leaving]);
    expect(report.plan?.irreversible.join()).toMatch(leaving);
    expect(report.leftovers).toEqual([]);
    const acts = since();
    expect(acts[0]).toBe(`drain ${leaving}`);
    const destroyed = ['data', 'connectivity', 'base'].map((kind) => `destroy ${leaving}/${kind}`);
    expect(acts.slice(-4)).toEqual([...destroyed, 'drain nothing']);
    expect(acts.findIndex((act) => act.endsWith('/global'))).toBeLessThan(acts.indexOf(`destroy ${leaving}/data`));
    expect(fake.cloud.regionsWith('base')).not.toContain(leaving);
    expect(await record()).toMatchObject({ drained: [], live: { generation: 2 } });
  });

  it('lets a region that was left drained answer again: changed while it is out, or at once when nothing changes', async () => {
    const { name, first, record } = await goLive();
    const [out = ''] = first.request.regions.wanted.filter((region) => region !== first.topology?.primary);
    const leaveDrained = async () => {
      const found = await record();
      await fake.records.save({ ...found, drained: [out] });
      fake.cloud.drained = [out];
    };
    await leaveDrained();
    const same = await run(name);
    expect(same.verdict).toBe('promoted');
    expect(fake.cloud.drained).toEqual([]);
    expect((await record()).drained).toEqual([]);
    await leaveDrained();
    const changed = await run({ ...name, services: newImage(first.request) });
    expect(changed.verdict).toBe('promoted');
    expect(fake.cloud.drained).toEqual([]);
    expect((await record()).drained).toEqual([]);
  });

  it('refuses to remove the region that takes the writes', async () => {
    const { name, first, since } = await goLive();
    const wanted = first.request.regions.wanted.filter((region) => region !== first.topology?.primary);
    const report = await run({ ...name, regions: { ...first.request.regions, wanted } });
    expect(report.failure).toMatchObject({ type: 'Plan.Blocked' });
    expect(report.failure?.message).toMatch(`regions: ${first.topology?.primary} takes the writes`);
    expect(since()).toEqual([]);
  });

  it('refuses to lose data, a hostname or its place', async () => {
    const { name, first, since } = await goLive();
    const [store] = first.request.dataStores;
    const services = first.request.services.map((one) => ({ ...one, uses: ['carts'] }));
    const changes = [
      [{ dataStores: [{ ...store!, name: 'carts' }], services }, /would delete/],
      [{ hostname: 'other.example.com' }, /changing it to other.example.com is not supported/],
      [{ account: 'other', services: newImage(first.request) }, /retire it there before/],
    ] as const;
    for (const [change, message] of changes) {
      const report = await run({ ...name, ...change } as RequestChange);
      expect(report.failure?.message).toMatch(message);
    }
    expect(since()).toEqual([]);
  });

  it('deploys after a failover: the new primary stays, nothing stateful is replaced or deleted', async () => {
    const { name, first, since, record } = await goLive();
    const from = first.topology?.primary ?? '';
    const to = first.topology?.regions.find(({ region }) => region !== from)?.region ?? '';
    await failOver(first.request, { from, to });
    const report = await run({ ...name, services: newImage(first.request) });
    expect(report.failure).toBeUndefined();
    expect(report).toMatchObject({ verdict: 'promoted', topology: { primary: to } });
    const lost = report.plan?.changes.flatMap(({ changes }) =>
      changes.filter(({ action, type }) => action !== 'create' && action !== 'change' && type.startsWith('AWS::RDS')),
    );
    expect(lost).toEqual([]);
    expect(since().filter((act) => act.startsWith('destroy'))).toEqual([]);
    expect((await record()).primary).toBe(to);
  });

  it('begins nothing new while it is paused', async () => {
    const { name, first, since } = await goLive();
    const release = holdFirst(`apply`);
    const handle = await fake.deploy({ ...name, services: newImage(first.request) });
    await until(
      async () => since(),
      (acts) => acts.length > 0,
    );
    await handle.executeUpdate(pauseUpdate, { args: [{ by: 'ada', reason: 'lunch' }] });
    release();
    const paused = await until(
      () => handle.query(progressQuery, { sinceSeq: 0 }),
      ({ regions }) => regions.some(({ state }) => state === 'ready'),
    );
    expect(paused.paused).toMatchObject({ by: 'ada', reason: 'lunch' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(since().filter((act) => act.startsWith('apply'))).toHaveLength(1);
    await handle.executeUpdate(resumeUpdate, { args: [{ by: 'ada' }] });
    expect((await handle.result()).verdict).toBe('promoted');
  });
});

describe('approvals on the way', () => {
  it.each(['base', 'data'] as const)(
    'ask again, and show it, when the %s stack would become more than was approved',
    async (kind) => {
      const known = (await run(named())).plan?.changes.find(({ ref }) => ref.kind === kind)?.changes ?? [];
      fake.reset();
      const changes = [...known, { ...known[0]!, resource: 'Surprise' }];
      const error = new PlatformError('Platform.PlanChanged', 'would now also create Surprise', { changes });
      fake.cloud.script.push({ call: 'apply', kind, times: 1, error });
      const handle = await fake.deploy({ ...named(), rollout: { approval: 'plan' } });
      const ask = () => handle.query(progressQuery, { sinceSeq: 0 });
      const approve = async (gate: RegExp) => {
        const { approval } = await until(ask, ({ approval: waiting }) => gate.test(waiting?.id ?? ''));
        const { id: approvalId = '', digest = '' } = approval ?? {};
        await handle.executeUpdate(decideApprovalUpdate, {
          args: [{ approvalId, digest, decision: 'approve', by: 'bo' }],
        });
        return approval;
      };
      await approve(/^plan$/);
      const again = await approve(new RegExp(`^plan-.*-${kind}$`));
      expect(again?.summary).toMatch(/create Surprise/);
      const shown = await handle.query(planQuery);
      expect(shown?.digest).toBe(again?.digest);
      expect(shown?.changes.flatMap((stack) => stack.changes.map(({ resource }) => resource))).toContain('Surprise');
      const report = await handle.result();
      expect(report.verdict).toBe('promoted');
      expect(report.approvals.map(({ state }) => state)).toEqual(['approved', 'approved']);
    },
  );

  it('end when a region turns sick while a person thinks, and what was done is undone', async () => {
    const handle = await fake.deploy({ ...named(), rollout: { approval: 'every-region', onFailure: 'rollback-all' } });
    const ask = () => handle.query(progressQuery, { sinceSeq: 0 });
    const { approval } = await until(ask, (progress) => progress.approval !== undefined);
    await handle.executeUpdate(decideApprovalUpdate, {
      args: [{ approvalId: approval?.id ?? '', digest: approval?.digest ?? '', decision: 'approve', by: 'bo' }],
    });
    await until(ask, (progress) => progress.approval?.gate === 'wave');
    const canary = fake.cloud.regionsWith('base')[0] ?? '';
    fake.cloud.sick.add(canary);
    const report = await handle.result();
    expect(report.verdict).toBe('rolled-back');
    expect(report.failure).toMatchObject({ type: 'Region.SickWhileWaiting', region: canary });
    expect(report.approvals.at(-1)?.state).toBe('void');
    expect(fake.cloud.stacks.size).toBe(0);
  });
});

describe('failure tolerance', () => {
  it('goes on without a region that failed within it', async () => {
    const probe = await run(named());
    const last = probe.plan?.rollout.waves.flatMap(({ regions }) => regions) ?? [];
    const failing =
      last.find((region) => region !== probe.topology?.primary && region !== probe.plan?.rollout.canary) ?? '';
    fake.reset();
    const error = new PlatformError('Platform.StackFailed', 'no capacity', { region: failing });
    fake.cloud.script.push({ call: 'apply', region: failing, kind: 'base', times: 99, error });
    const report = await run({ ...named(), rollout: { failureTolerance: 1 } });
    expect(report.failure).toBeUndefined();
    expect(report.verdict).toBe('promoted');
    expect(report.topology?.regions.map(({ region }) => region)).not.toContain(failing);
    expect(
      report.plan?.stacks.filter(
        ({ ref }) => ref.region === failing && ref.kind !== 'global' && ref.kind !== 'preview',
      ),
    ).toEqual([]);
    expect(fake.cloud.regionsWith('base')).not.toContain(failing);
    expect(report.steps[1]?.summary).toMatch(`without ${failing}`);
  });
});

/** What an operation does to a deployment that fails over, without the operation. */
async function failOver(request: DeploymentRequest, { from, to }: { from: string; to: string }): Promise<void> {
  const { data } = createFakePlatform(fake.cloud);
  const record = await fake.records.load(request);
  const epoch = record.epoch + 1;
  const context = { signal: new AbortController().signal, heartbeat: () => {} };
  const store = { ...request, store: request.dataStores[0]?.name ?? '', epoch };
  await data.fence({ ...store, region: from }, context);
  await data.promote({ ...store, region: to, expectedPrimary: from }, context);
  await data.rejoin({ ...store, region: from }, context);
  await fake.records.save({ ...record, primary: to, epoch });
}

/** The first call of that name waits until the returned function is called. */
function holdFirst(name: string): () => void {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const call = fake.cloud.call.bind(fake.cloud);
  let held = false;
  fake.cloud.call = async (called, where, act) => {
    const result = await call(called, where, act);
    if (called === name && !held) {
      held = true;
      await released;
    }
    return result;
  };
  return release;
}
