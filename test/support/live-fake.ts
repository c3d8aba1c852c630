import { changeRecord } from '../../activities/records';
import type { LiveOperationRequest } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import type { DeploymentRecord } from '../../contracts/record';
import type { DeploymentRequest } from '../../contracts/request';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import type { FakeDeployments, RequestChange } from './fake-deployments';

type Unsigned<T> = T extends unknown ? Omit<T, 'requester'> : never;
export type Ask = Unsigned<LiveOperationRequest>;

/** A deployment that was made live once; every test begins with it as it was then. */
export interface LiveFake {
  request: DeploymentRequest;
  primary: string;
  /** the two standbys */
  others: readonly [string, string];
  /** puts cloud and record back to what they were when the deployment had just become live */
  restore(change?: (cloud: FakeCloud) => void): Promise<void>;
  /** what was done to the cloud since then */
  since(): string[];
  begin(operation: Ask, requester?: string): ReturnType<FakeDeployments['begin']>;
  /** to its end */
  ask(operation: Ask): Promise<OperationReport>;
  record(): Promise<DeploymentRecord>;
}

export async function goLive(fake: FakeDeployments, change?: RequestChange): Promise<LiveFake> {
  const first = await (await fake.deploy(change)).result();
  if (first.verdict !== 'promoted') throw new Error(first.summary);
  const { request } = first;
  const cloud = fake.cloud.copy();
  const record = await fake.records.load(request);
  const primary = record.primary ?? '';
  const names = first.topology?.regions.map(({ region }) => region) ?? [];
  const [one = '', two = ''] = names.filter((region) => region !== primary);
  const begin: LiveFake['begin'] = (operation, requester = 'ada') =>
    fake.begin({ ...operation, requester } as LiveOperationRequest, request);
  return {
    request,
    primary,
    others: [one, two],
    restore: async (prepare) => {
      const next = cloud.copy();
      prepare?.(next);
      fake.use(next);
      await operationsEnded(fake);
      await changeRecord(fake.records)(request, ({ version, lastGeneration }) => ({
        ...record,
        ...{ version, lastGeneration },
      }));
    },
    // backups are taken by the clock, whatever else goes on
    since: () => fake.cloud.acts.filter((act) => !/^(backup|prove) /.test(act)),
    begin,
    ask: async (operation) => (await begin(operation)).result() as unknown as Promise<OperationReport>,
    record: () => fake.records.load(request),
  };
}

/** What the test before began may still be at its last steps. What waits for people goes on waiting. */
async function operationsEnded({ temporal }: FakeDeployments): Promise<void> {
  const { workflow } = temporal.environment.client;
  const query = "ExecutionStatus = 'Running' AND WorkflowType NOT IN ('deployment', 'watchRegions')";
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await workflow.count(query)).count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
