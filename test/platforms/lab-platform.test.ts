import { TAG_APPLICATION, TAG_ENVIRONMENT } from '../../contracts/stack';
import { createLabPlatform } from '../../platforms/lab/lab-platform';
import type { CallContext } from '../../platforms/platform';
import { PlatformError } from '../../platforms/platform-error';
import { startTestLab, stopTestLabs, type TestLab } from '../lab/running-lab';
import { PRIMARY, SampleDeployment, scope } from '../lab/sample-deployment';

let lab: TestLab;
const tags = { [TAG_APPLICATION]: scope.application, [TAG_ENVIRONMENT]: scope.environment };
const parameters = { CertificateArn: 'lab' };

beforeAll(async () => {
  lab = await startTestLab({ stabiliseMs: 4_000 });
});
afterAll(stopTestLabs);

function context(): CallContext & { beats: string[]; abort: () => void } {
  const controller = new AbortController();
  const beats: string[] = [];
  return {
    signal: controller.signal,
    heartbeat: (detail) => beats.push(detail),
    beats,
    abort: () => controller.abort(),
  };
}

function baseStack(image?: string) {
  return new SampleDeployment(lab.daemon, { regions: [PRIMARY], dataStores: [], image }).stack(PRIMARY, 'base');
}

test('a failed stack is a PlatformError in the provider’s words, and the wait for it was heard', async () => {
  const platform = createLabPlatform({ daemonUrl: lab.url });
  const { ref, template } = baseStack('meridian/sample-orders:never-healthy');
  const heard = context();
  const failure = await platform.stacks.apply({ ref, template, parameters, tags, token: 'sick' }, heard).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(PlatformError);
  expect(failure).toMatchObject({ type: 'Platform.StackFailed', retryable: false, region: PRIMARY });
  expect(heard.beats.length).toBeGreaterThanOrEqual(2);
  expect(heard.beats[0]).toBe(`apply orders-staging-base in ${PRIMARY}: 1 s`);
  await platform.stacks.destroy({ ref, token: 'away' }, context());
});

test('a call that is given up goes on in the lab, and its repetition gets the one result', async () => {
  const platform = createLabPlatform({ daemonUrl: lab.url });
  const { ref, template } = baseStack();
  const change = { ref, template, parameters, tags, token: 'once' };
  const given = context();
  const first = platform.stacks.apply(change, given);
  given.abort();
  await expect(first).rejects.toThrow(/abort/);
  const applied = await platform.stacks.apply(change, context());
  expect(applied.status).toBe('ready');
  expect(await platform.stacks.list(scope)).toEqual([applied]);
  expect(await platform.stacks.template(ref)).toBe(template);
  expect(await platform.probes.region({ ...scope, region: PRIMARY, path: '/health/live' })).toEqual([
    expect.objectContaining({ region: PRIMARY, service: 'api', healthy: true, tasksHealthy: 1, tasksWanted: 1 }),
  ]);
});

test('input that makes no sense is refused with the field and what is wrong', async () => {
  const platform = createLabPlatform({ daemonUrl: lab.url });
  await expect(platform.stacks.list({ ...scope, account: 7 as unknown as string })).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringContaining('account'),
  });
  const { ref, template } = baseStack();
  await expect(
    platform.stacks.apply({ ref, template, parameters, tags: {}, token: 'untagged' }, context()),
  ).rejects.toMatchObject({ type: 'Platform.Refused', message: expect.stringContaining('tags') });
});

test('undoing a fault that is not there is success', async () => {
  const platform = createLabPlatform({ daemonUrl: lab.url });
  await platform.faults.undo({ ...scope, id: 'never' }, context());
});

test('a lab that does not answer is unavailable, and may be asked again', async () => {
  const platform = createLabPlatform({ daemonUrl: 'http://127.0.0.1:1' });
  await expect(platform.traffic.resolve('orders.example.com')).rejects.toMatchObject({
    type: 'Platform.Unavailable',
    retryable: true,
  });
});
