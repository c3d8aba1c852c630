import { readBackups, takeBackups } from '../../clients/backups';
import { operateOn } from '../../clients/live-operations';
import type { OperationReport } from '../../contracts/operation-report';
import type { DeploymentRequest } from '../../contracts/request';
import { exampleRequest, type LocalMeridian, startLocalMeridian } from '../support/local-meridian';

let local: LocalMeridian;
let request: DeploymentRequest;
beforeAll(async () => {
  local = await startLocalMeridian();
  request = await exampleRequest('failover-pair.yaml');
});
afterAll(() => local?.stop());

test('all databases of a live deployment lose their disks: a proven backup and the archived log bring the rows back', async () => {
  const { application, environment, account } = request;
  const deployed = await local.deploy(request);
  expect(deployed.verdict).toBe('promoted');
  const regions = deployed.topology?.regions.map(({ region }) => region) ?? [];
  const [primary = '', standby = ''] = regions;
  const { workflowId } = await takeBackups(local.meridian, { application, environment });
  await local.meridian.client.workflow.getHandle(workflowId).result();
  const { chains, findings } = await readBackups(local.meridian, { application, environment });
  expect(findings).toEqual([]);
  expect(chains.length).toBeGreaterThan(0);
  const scope = { account, application, environment };
  for (const { store, backups } of chains) {
    expect(backups[0]?.proof?.result).toBe('matches');
    for (const region of regions) {
      const fault = { kind: 'kill-database', region, store, comesBack: false } as const;
      await local.lab.call('faults.inject', { ...scope, id: `lost-${store}-${region}`, fault });
    }
  }
  const asked = { kind: 'restore', region: standby, target: { kind: 'latest' }, requester: 'ada' } as const;
  const operation = await operateOn(local.meridian, { application, environment }, asked);
  const report: OperationReport = await local.meridian.client.workflow.getHandle(operation.workflowId).result();
  expect(report).toMatchObject({ outcome: 'done', left: [], after: { primary: standby, deployment: 'live' } });
  const seen = report.evidence.map(({ measured }) => measured).join('\n');
  expect(seen).toMatch(/recovered [\d.]+ s after .*writes lost: at most/);
  expect(report.receipts).toHaveLength(chains.length * regions.length);
  for (const { store } of chains) {
    const compared = await local.lab.call('data.compare', { ...scope, store, regions });
    expect(compared.consistent).toBe(true);
  }
  expect(primary).not.toBe(standby);
});
