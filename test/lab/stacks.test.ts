import { existsSync } from 'node:fs';
import { REGION_HEADER } from '../../contracts/probe-contract';
import { isAlive, isListening, labIdOf, leftovers, startTestLab, type TestLab } from './running-lab';
import { PRIMARY, SampleDeployment, STANDBY, scope } from './sample-deployment';

let lab: TestLab;
let labId: string;

beforeAll(async () => {
  lab = await startTestLab({
    stabiliseMs: 4_000,
    planted: [{ kind: 'refuse-apply', region: 'us-west-2', stack: 'base' }],
  });
  labId = labIdOf(lab);
});
afterAll(() => lab.stop());

const stateless = (options = {}) =>
  new SampleDeployment(lab.daemon, { regions: [PRIMARY], dataStores: [], ...options });

describe('a base stack', () => {
  test('runs its services behind a TLS load balancer that names its region, with a value for every output', async () => {
    const deployment = stateless({ tasks: 2 });
    const applied = await deployment.apply(PRIMARY, 'base');
    expect(applied.status).toBe('ready');
    const declared = Object.keys(JSON.parse(deployment.stack(PRIMARY, 'base').template).Outputs);
    expect(Object.keys(applied.outputs)).toEqual(declared);
    const answer = await lab.askRegion(PRIMARY, 'GET', '/health/live');
    expect(answer.status).toBe(200);
    expect(answer.headers[REGION_HEADER]).toBe(PRIMARY);
    const { services, up } = await lab.daemon.call('regions.status', { ...scope, region: PRIMARY });
    expect({ up, services }).toEqual({
      up: true,
      services: [{ service: 'api', tasksHealthy: 2, tasksWanted: 2, detail: '200 from /health/live' }],
    });
    expect(applied.outputs.LoadBalancerDns).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('applied twice with one token is applied once', async () => {
    const deployment = stateless({ tasks: 2 });
    const before = await tasks();
    const [one, two] = await Promise.all([deployment.apply(PRIMARY, 'base'), deployment.apply(PRIMARY, 'base')]);
    expect(two).toEqual(one);
    expect(await tasks()).toEqual(before);
    const other = deployment.stack('us-east-1', 'global');
    await expect(deployment.applyStack(other, { token: `1/${PRIMARY}/orders-staging-base` })).rejects.toMatchObject({
      type: 'Platform.Refused',
      message: expect.stringContaining('each act needs its own'),
    });
  });

  test('restarts a task that was killed', async () => {
    const [first] = await tasks();
    process.kill(Number(first), 'SIGKILL');
    const restarted = async () => (await tasks()).length === 2 && !(await tasks()).includes(Number(first));
    for (let tries = 0; tries < 100 && !(await restarted()); tries++) await new Promise((wait) => setTimeout(wait, 50));
    expect(await restarted()).toBe(true);
  });

  test('an update replaces the tasks, and one that never becomes healthy leaves the old ones serving', async () => {
    const before = await tasks();
    await stateless({ image: 'meridian/sample-orders:1.1', tasks: 2 }).apply(PRIMARY, 'base', { generation: 2 });
    const after = await tasks();
    expect(after).toHaveLength(2);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    const sick = stateless({ image: 'meridian/sample-orders:never-healthy', tasks: 2 });
    await expect(sick.apply(PRIMARY, 'base', { generation: 3 })).rejects.toMatchObject({
      type: 'Platform.StackFailed',
      message: expect.stringMatching(
        /service api did not stabilise: 0 of 2 tasks healthy; last answer: 503 from \/health\/live/,
      ),
    });
    expect(await tasks()).toEqual(after);
    expect((await lab.askRegion(PRIMARY, 'GET', '/health/live')).status).toBe(200);
    const { ref } = sick.stack(PRIMARY, 'base');
    expect(await lab.daemon.call('stacks.describe', { ref })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('did not stabilise'),
    });
  });

  test('plans the change of a task definition as one change', async () => {
    const { ref, template } = stateless({ image: 'meridian/sample-orders:9', tasks: 2 }).stack(PRIMARY, 'base');
    const { template: present = '' } = await lab.daemon.call('stacks.template', { ref });
    expect(JSON.parse(present).Resources).toBeDefined();
    const { parameters } = await lab.daemon.call('stacks.describe', { ref });
    expect(await lab.daemon.call('stacks.plan', { ref, template, parameters, tags: {} })).toEqual([
      expect.objectContaining({ action: 'change', type: 'AWS::ECS::TaskDefinition' }),
    ]);
  });

  test('is destroyed only for the generation it belongs to, and then nothing of it is left', async () => {
    const { ref } = stateless().stack(PRIMARY, 'base');
    await expect(lab.daemon.call('stacks.destroy', { ref, token: 't', onlyGeneration: 1 })).rejects.toMatchObject({
      type: 'Platform.Refused',
      message: expect.stringContaining('belongs to generation 3, not to 1'),
    });
    const { processes } = await lab.daemon.call('status', {});
    const ofRegion = processes.filter(({ what }) => what.startsWith(PRIMARY)).map(({ pid }) => pid);
    const { loadBalancerPort } = await lab.daemon.call('regions.status', { ...scope, region: PRIMARY });
    expect(ofRegion).toHaveLength(3);
    expect(await isListening(loadBalancerPort)).toBe(true);
    await lab.daemon.call('stacks.destroy', { ref, token: 't2', onlyGeneration: 3 });
    expect(ofRegion.filter(isAlive)).toEqual([]);
    expect(await isListening(loadBalancerPort)).toBe(false);
    expect(await lab.daemon.call('stacks.list', scope)).toEqual([]);
    expect(await lab.daemon.call('stacks.describe', { ref })).toMatchObject({ status: 'absent' });
    await lab.daemon.call('stacks.destroy', { ref, token: 't3' });
  });

  test('is not made again by an attempt from before it was destroyed', async () => {
    const sent = stateless().apply(PRIMARY, 'base', { generation: 3 });
    await expect(sent).rejects.toMatchObject({
      type: 'Platform.Refused',
      message: expect.stringMatching(/token: 3\/\S+ was used for a stack that is destroyed/),
    });
    expect(await lab.daemon.call('stacks.list', scope)).toEqual([]);
  });
});

describe('a base stack that cannot be made', () => {
  test('says which images the lab knows', async () => {
    const deployment = stateless({ image: 'registry.example.com/unknown:1', generation: 4 });
    await expect(deployment.apply(PRIMARY, 'base')).rejects.toMatchObject({
      type: 'Platform.StackFailed',
      message: expect.stringContaining('known images: meridian/sample-orders'),
    });
    expect(await lab.daemon.call('data.stores', scope)).toEqual([]);
    await deployment.destroy(PRIMARY, 'base');
  });

  test('leaves no process behind when its service never becomes healthy', async () => {
    const deployment = stateless({ image: 'meridian/sample-orders:never-healthy', generation: 5 });
    await expect(deployment.apply(PRIMARY, 'base')).rejects.toMatchObject({ type: 'Platform.StackFailed' });
    expect(leftovers({ home: '(none)', labId })).toEqual([]);
    await deployment.destroy(PRIMARY, 'base');
  });

  test('fails in a provider’s words where a refusal was planted', async () => {
    const deployment = stateless({ regions: ['us-west-2'] });
    const failure = { type: 'Platform.StackFailed', details: { region: 'us-west-2', resource: expect.any(String) } };
    const message = expect.stringMatching(
      /AWS::ECS::Service.*Resource handler returned message: "insufficient capacity/,
    );
    await expect(deployment.apply('us-west-2', 'base')).rejects.toMatchObject({ ...failure, message });
    await expect(deployment.apply('us-west-2', 'base')).rejects.toMatchObject({ ...failure, message });
    await deployment.destroy('us-west-2', 'base');
  });
});

describe('stacks that stand on one another', () => {
  test('a base stack is kept while databases stand on it, and destroying all leaves no process and no data', async () => {
    const deployment = new SampleDeployment(lab.daemon, { generation: 6 });
    await deployment.applyAll('base', 'connectivity', 'data', 'preview');
    await expect(deployment.destroy(PRIMARY, 'base')).rejects.toMatchObject({
      type: 'Platform.Refused',
      message: expect.stringContaining('in use by the data stack (orders)'),
    });
    expect((await lab.daemon.call('stacks.list', scope)).map(({ status }) => status)).toEqual(Array(7).fill('ready'));
    await deployment.destroyAll();
    expect(leftovers({ home: '(none)', labId })).toEqual([]);
    expect(existsSync(`${lab.home}/regions/${PRIMARY}/orders-staging-1`)).toBe(false);
  });

  test('a replica without a route to its primary is refused', async () => {
    const deployment = new SampleDeployment(lab.daemon, { generation: 7 });
    await deployment.applyAll('base');
    await deployment.apply(PRIMARY, 'data');
    await expect(deployment.apply(STANDBY, 'data')).rejects.toMatchObject({
      type: 'Platform.StackFailed',
      message: expect.stringContaining('both need their connectivity stack'),
    });
    await deployment.destroyAll();
  });
});

async function tasks(): Promise<number[]> {
  const { processes } = await lab.daemon.call('status', {});
  return processes.filter(({ what }) => what.includes(' task ')).map(({ pid }) => pid);
}
