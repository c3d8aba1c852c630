import { generateKeyPairSync, sign } from 'node:crypto';
import { parseTarget } from '../../clients/cli/target';
import type { MeridianClient } from '../../clients/connection';
import { decideApproval } from '../../clients/operations';
import { stopOperation } from '../../clients/stop-operation';
import type { Approval, Approver } from '../../contracts/approval';
import { planQuery } from '../../contracts/messages';
import type { Progress } from '../../contracts/progress';
import type { DeploymentReport } from '../../contracts/report';
import type { DeploymentRequest } from '../../contracts/request';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import type { HostileCase } from './hostile-case';
import type { HostileStage } from './hostile-stage';
import { planProblems } from './policy-problems';

/** Calls that only look; every other one does something. */
const LOOKS = new Set([
  'describe',
  'template',
  'plan',
  'drift',
  'list',
  'resolve',
  'health',
  'probe',
  'status',
  'latency',
  'alarms',
]);

/** Connections of the people of the suite: ada asks, grace decides and signs, mallory has no key. */
export interface Deciders {
  ada: MeridianClient;
  grace: MeridianClient;
  mallory: MeridianClient;
}

export interface People {
  approvers: Approver[];
  connect(stage: Pick<HostileStage, 'client' | 'taskQueue'>): Deciders;
}

export function people(): People {
  const keys = ['ada', 'grace'].map((name) => ({ name, ...generateKeyPairSync('ed25519') }));
  return {
    approvers: keys.map(({ name, publicKey }) => ({
      keyId: name,
      name,
      kind: 'person',
      publicKey: Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url').toString('base64'),
    })),
    connect: ({ client, taskQueue }) => {
      const bare: MeridianClient = { client, taskQueue, address: 'test', namespace: 'default', webUiUrl: undefined };
      const signing = (keyId: string): MeridianClient => {
        const key = keys.find(({ name }) => name === keyId)?.privateKey;
        if (!key) throw new Error(`no key of ${keyId}`);
        return { ...bare, signer: { keyId, sign: (text) => sign(null, Buffer.from(text), key).toString('base64') } };
      };
      return { ada: signing('ada'), grace: signing('grace'), mallory: bare };
    },
  };
}

/** Does what the person of a case does, whenever a deployment is looked at, and remembers what had been done by then. */
export function personActs(
  { person, environment }: HostileCase,
  cloud: FakeCloud,
  { grace, ada, mallory }: Deciders,
  request: DeploymentRequest,
) {
  const problems: string[] = [];
  const approved = new Set<string>();
  let planIsApproved = false;
  let stopped = false;
  cloud.intercept = (call, act) => {
    if (!LOOKS.has(call.name) && !planIsApproved && !call.name.startsWith('stop'))
      problems.push(`${call.name} ${call.region ?? ''}/${call.kind ?? ''} before anybody approved anything`);
    return act();
  };
  const approve = async (
    workflowId: string,
    approval: Approval,
    digest = approval.digest,
    client = grace,
    by = 'grace',
  ) => decideApproval(client, workflowId, { approvalId: approval.id, digest, decision: 'approve', by });
  const refuses = async (what: string, act: () => Promise<void>) => {
    const taken = await act().then(
      () => true,
      () => false,
    );
    if (taken) problems.push(`${what} was taken`);
  };

  return {
    async look(workflowId: string, { approval }: Progress): Promise<void> {
      if (approval?.state !== 'waiting' || stopped) return;
      if (approval.gate === 'plan') {
        const plan = await grace.client.workflow.getHandle(workflowId).query(planQuery);
        if (!plan) problems.push('an approval waits and there is no plan to look at');
        else if (plan.digest !== approval.digest) problems.push('the approval is for another digest than the plan');
        else problems.push(...planProblems(plan, request));
      }
      await refuses('a decision for another digest', () => approve(workflowId, approval, '0'.repeat(64)));
      if (environment === 'production') {
        await refuses('an unsigned decision for production', () =>
          approve(workflowId, approval, approval.digest, mallory),
        );
        await refuses('an approval of the own request', () =>
          approve(workflowId, approval, approval.digest, ada, 'ada'),
        );
        await refuses('a signature for another name', () =>
          approve(workflowId, approval, approval.digest, ada, 'grace'),
        );
      }
      switch (person) {
        case 'approves':
          approved.add(approval.digest);
          planIsApproved ||= approval.gate === 'plan';
          await approve(workflowId, approval).catch((error: unknown) => {
            problems.push(`a good approval was refused: ${error}`);
          });
          break;
        case 'rejects':
          stopped = true;
          await decideApproval(grace, workflowId, {
            approvalId: approval.id,
            digest: approval.digest,
            decision: 'reject',
            by: 'grace',
          });
          break;
        case 'approves another digest':
        case 'stops it':
          stopped = true;
          await stopOperation(grace, parseTarget(workflowId)!, { by: 'grace', reason: 'not what was asked for' });
          break;
        case 'never answers':
          break;
      }
    },

    /** What a report must say of approvals: every one that was passed is one that this person gave. */
    problems({ approvals, plan }: DeploymentReport): string[] {
      const passed = approvals.filter(({ state }) => state === 'approved' || state === 'not-required');
      const planGate = approvals.find(({ gate }) => gate === 'plan');
      return [
        ...new Set([
          ...problems,
          ...passed
            .filter(({ digest }) => !approved.has(digest))
            .map(({ id, state }) => `approval ${id} is ${state}, and nobody gave it`),
          ...passed
            .filter(({ decidedBy }) => decidedBy !== 'grace')
            .map(({ id, decidedBy }) => `approval ${id} was decided by ${decidedBy}`),
          ...(planGate && plan && planGate.digest !== plan.digest
            ? ['what was approved is not the plan of the report']
            : []),
          ...(!planIsApproved && cloud.acts.length > 0 ? [`done without an approval: ${cloud.acts.join(', ')}`] : []),
        ]),
      ];
    },
  };
}
