import { operateOn } from '../../clients/live-operations';
import type { DrillKind } from '../../contracts/drill';
import type { OperationReport } from '../../contracts/operation-report';
import type { DeploymentRequest } from '../../contracts/request';
import { exampleRequest, type LocalMeridian, startLocalMeridian } from '../support/local-meridian';

let local: LocalMeridian;
let request: DeploymentRequest;
let stores: string[];
beforeAll(async () => {
  local = await startLocalMeridian();
  request = await exampleRequest('failover-pair.yaml');
  const deployed = await local.deploy(request);
  expect(deployed.verdict).toBe('promoted');
  stores = request.dataStores.filter(({ engine }) => engine === 'postgresql').map(({ name }) => name);
});
afterAll(() => local?.stop());

test.each<DrillKind>(['database-loss', 'region-loss', 'freeze', 'partition', 'slow-link', 'switchover'])(
  '%s: real databases fail over under a stream of writes, and everything is as it was afterwards',
  async (kind) => {
    const { application, environment, account } = request;
    const key = { application, environment };
    const asked = { kind: 'drill', drill: kind, requester: 'ada' } as const;
    const { workflowId } = await operateOn(local.meridian, key, asked);
    const report: OperationReport = await local.meridian.client.workflow.getHandle(workflowId).result();
    process.stdout.write(`${kind}: ${report.outcome}, ${report.summary}, left ${JSON.stringify(report.left)}\n`);
    expect(report).toMatchObject({ outcome: 'done', left: [] });
    expect(report.after).toMatchObject({ primary: report.before?.primary, deployment: 'live' });
    const regions = report.after?.regions.map(({ region }) => region) ?? [];
    for (const store of stores) {
      const compared = await local.lab.call('data.compare', { account, ...key, store, regions });
      expect(compared.consistent).toBe(true);
    }
  },
);
