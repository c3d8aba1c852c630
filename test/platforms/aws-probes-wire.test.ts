import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LIVE_PATH, READY_PATH, REGION_HEADER } from '../../contracts/probe-contract';
import { WORKER_LOCATION } from '../../contracts/validation';
import { createAwsProbes } from '../../platforms/aws/aws-probes';
import { type AwsClients, createAwsClients } from '../../platforms/aws/clients';
import type { ProbePort } from '../../platforms/platform';
import { type RecordedRequest, type RecordingEndpoint, startRecordingEndpoint } from '../clouds/recording-endpoint';
import { answerStacks } from '../clouds/stacks-answered';
import { useTestCredentials } from '../clouds/test-cloud';

/** Probes against documented answers of ECS and the load balancer, and requests to a server that plays the latter. */
useTestCredentials();

const REGION = 'eu-west-1';
const scope = { account: 'default', application: 'orders', environment: 'staging' };
const context = { signal: new AbortController().signal, heartbeat: () => undefined };
const arnOf = (service: string) => `arn:aws:ecs:${REGION}:123456789012:service/orders-staging/${service}`;
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/1';

/** What AWS says; tests change it. */
let said = steady();
let app: Server;
let wire: RecordingEndpoint;
let clients: AwsClients;
let probes: ProbePort;

function steady() {
  return { running: 2, rollout: 'COMPLETED', targets: ['healthy', 'healthy'], container: 'HEALTHY', status: 200 };
}

beforeEach(() => {
  said = steady();
});

beforeAll(async () => {
  app = createServer((_, response) => {
    response.statusCode = said.status;
    response.setHeader(REGION_HEADER, REGION);
    response.end('hello');
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const { port } = app.address() as AddressInfo;
  const stacks = answerStacks([
    {
      region: REGION,
      name: 'orders-staging-base',
      outputs: { ClusterName: 'orders-staging', LoadBalancerDns: 'lb.eu-west-1.elb.amazonaws.com' },
      resources: {
        LoadBalancer: ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'arn:lb'],
        ServiceApi: ['AWS::ECS::Service', arnOf('api')],
        ServiceWorker: ['AWS::ECS::Service', arnOf('worker')],
      },
    },
  ]);
  wire = await startRecordingEndpoint((request) => stacks(request) ?? answer(request));
  clients = createAwsClients({ accounts: { default: {} }, endpoint: wire.endpoint });
  probes = createAwsProbes({
    clients,
    source: 'emulator',
    connectTo: (target) => ({ ...target, host: '127.0.0.1', port, plain: true }),
  });
});

afterAll(async () => {
  clients.destroy();
  await wire.stop();
  await new Promise((resolve) => app.close(resolve));
});

function answer({ service, action }: RecordedRequest): string | undefined {
  if (service === 'elasticloadbalancing') return answerBalancer(action);
  if (action === 'DescribeServices')
    return JSON.stringify({ services: [ecsService('api', GROUP), ecsService('worker')] });
  if (action === 'ListTasks') return JSON.stringify({ taskArns: ['arn:task/1', 'arn:task/2'] });
  if (action === 'DescribeTasks')
    return JSON.stringify({ tasks: [1, 2].map((id) => ({ taskArn: `arn:task/${id}`, healthStatus: said.container })) });
  return undefined;
}

function ecsService(serviceName: string, targetGroupArn?: string) {
  return {
    serviceArn: arnOf(serviceName),
    serviceName,
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: said.running,
    loadBalancers: targetGroupArn ? [{ targetGroupArn }] : [],
    deployments: [{ status: 'PRIMARY', rolloutState: said.rollout, rolloutStateReason: 'tasks failed to start' }],
  };
}

function answerBalancer(action: string): string {
  const wrap = (result: string) =>
    `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
  if (action === 'DescribeListeners') {
    const forward = `<member><Type>forward</Type><TargetGroupArn>${GROUP}</TargetGroupArn></member>`;
    return wrap(
      `<Listeners><member><Port>443</Port><Protocol>HTTPS</Protocol><DefaultActions>${forward}</DefaultActions></member></Listeners>`,
    );
  }
  const targets = said.targets.map(
    (state) =>
      `<member><TargetHealth><State>${state}</State><Description>says 503</Description></TargetHealth></member>`,
  );
  return wrap(`<TargetHealthDescriptions>${targets.join('')}</TargetHealthDescriptions>`);
}

const live = () => probes.region({ ...scope, region: REGION, path: LIVE_PATH });
const ready = () => probes.region({ ...scope, region: REGION, path: READY_PATH });
const verdicts = (services: Array<{ service: string; healthy: boolean }>) =>
  Object.fromEntries(services.map(({ service, healthy }) => [service, healthy]));

test('a steady region is alive and ready, and its front service was asked through the load balancer', async () => {
  expect(verdicts(await live())).toEqual({ api: true, worker: true });
  const services = await ready();
  expect(verdicts(services)).toEqual({ api: true, worker: true });
  const [api, worker] = services;
  expect(api?.detail).toContain('2 of 2 requests for /health/ready through lb.eu-west-1.elb.amazonaws.com were served');
  expect(worker).toMatchObject({ tasksHealthy: 2, tasksWanted: 2 });
  expect(worker?.detail).toContain('2 of 2 containers pass');
});

test('a cloud that refuses the question gives no verdict', async () => {
  const elsewhere = probes.region({ ...scope, region: 'us-east-1', path: LIVE_PATH });
  await expect(elsewhere).rejects.toMatchObject({ name: 'PlatformError' });
});

test('a deployment under way, missing tasks and failing targets are told in words', async () => {
  said.rollout = 'FAILED';
  expect((await live())[0]).toMatchObject({ healthy: false, detail: expect.stringContaining('tasks failed to start') });
  said = { ...steady(), running: 1 };
  expect((await live())[0]).toMatchObject({ healthy: false, detail: '1 of 2 tasks run' });
  said = { ...steady(), targets: ['healthy', 'unhealthy'] };
  expect((await live())[0]).toMatchObject({
    healthy: false,
    tasksHealthy: 1,
    detail: expect.stringContaining('says 503'),
  });
});

test('what nobody has checked is alive and not ready', async () => {
  said = { ...steady(), targets: [], container: 'UNKNOWN' };
  expect(verdicts(await live())).toEqual({ api: true, worker: true });
  expect(verdicts(await ready())).toEqual({ api: false, worker: false });
});

test('targets that pass do not make up for requests that are not served', async () => {
  said.status = 503;
  const [api, worker] = await ready();
  expect(api).toMatchObject({ healthy: false, tasksHealthy: 0, detail: expect.stringContaining('answered 503 hello') });
  expect(worker?.healthy).toBe(true);
});

test('latency is measured from one place, and called what it is', async () => {
  const input = {
    ...scope,
    hostname: 'preview-orders.example.com',
    locations: ['london', 'tokyo'],
    samples: 3,
    percentile: 95,
    underMs: 500,
    of: 'read' as const,
  };
  const measured = await probes.latency(input, context);
  expect(measured).toMatchObject([{ location: WORKER_LOCATION, servedBy: REGION, samples: 3, source: 'emulator' }]);
});

test('a writer is refused', async () => {
  const writer = probes.startWriter({ ...scope, hostname: 'preview-orders.example.com', id: 'w', writesPerSecond: 10 });
  await expect(writer).rejects.toMatchObject({ type: 'Platform.Refused' });
});
