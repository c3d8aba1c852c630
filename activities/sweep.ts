import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { DeploymentRecord } from '../contracts/record';
import type { StackDescription, StackRef } from '../contracts/stack';
import type { Orphan, OrphanSearch } from '../contracts/sweep';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { judgeStack, type StackJudgement, workflowsBehind } from '../policies/orphans';
import type { ActivityDependencies } from './dependencies';
import { changeRecord, recordIntent } from './records';
import { withHeartbeat } from './support/call-context';
import { failure } from './support/failures';
import { stackToken } from './support/token';

/** Closed for good; any other state of a workflow may still act. */
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

/** Finding what belongs to nothing any more, and destroying it after looking again. */
export function createSweepActivities(deps: ActivityDependencies) {
  return {
    /** Judges every stack that carries the deployment's tag, at the place where the record says it is. */
    findOrphans: (key: DeploymentKey): Promise<OrphanSearch> => withHeartbeat(() => findOrphans(deps, key)),

    /**
     * Destroys one orphan, if it still is one: it is judged again just before. `generation` is that of the sweep.
     * Refused (`Platform.Refused`) when it is no orphan any more; gone already is success.
     */
    destroyOrphan: (input: DeploymentKey & { generation: number; orphan: Orphan }): Promise<void> =>
      withHeartbeat(async (context) => {
        const { orphan, generation } = input;
        const { ref } = orphan;
        const record = await deps.records.load(input);
        if (!record.place) throw failure('Platform.Refused', 'the record no longer says where the deployment is');
        const { stacks } = deps.platform(record.place.platform);
        const present = await stacks.describe(ref);
        if (present.status === 'absent') return;
        const token = stackToken({ generation, ref, verb: 'destroy', digest: 'sweep' });
        // What this very act has begun to delete, before its worker was lost, is not changing by another hand.
        const isResumed = record.intents.some((intent) => intent.token === token && intent.state === 'open');
        const [judged] = await judge(deps, input, [isResumed ? { ...present, status: 'ready' } : present]);
        if (judged?.kind !== 'orphan')
          throw failure('Platform.Refused', `${ref.name} in ${ref.region} is no orphan any more: ${whyOf(judged)}`);
        // The intent stays that of the generation it belonged to: a sweep that breaks off can be repeated.
        const intent = { ref, verb: 'destroy', generation: orphan.generation, token } as const;
        await recordIntent(deps, input, { ...intent, state: 'open' });
        await stacks.destroy({ ref, token, onlyGeneration: orphan.generation }, context);
        await recordIntent(deps, input, { ...intent, state: 'undone' });
      }),
    /** What was destroyed no longer counts as kept dark, nor as the data of the primary. */
    recordSwept: async (input: DeploymentKey & { destroyed: StackRef[] }): Promise<void> => {
      await changeRecord(deps.records)(input, (found) => withoutSwept(found, input.destroyed));
    },
  };
}

function withoutSwept({ dark, primary, ...record }: DeploymentRecord, destroyed: StackRef[]): DeploymentRecord {
  const stillDark = record.intents.some(
    ({ generation, state }) => generation === dark?.generation && state !== 'undone',
  );
  const lostPrimary = !record.live && destroyed.some(({ kind, region }) => kind === 'data' && region === primary);
  return { ...record, ...(dark && stillDark && { dark }), ...(primary && !lostPrimary && { primary }) };
}

async function findOrphans(deps: ActivityDependencies, key: DeploymentKey): Promise<OrphanSearch> {
  const { application, environment } = key;
  const { place } = await deps.records.load(key);
  if (!place) return { orphans: [], left: [], live: 0 };
  const { account, platform } = place;
  const found = await deps.platform(platform).stacks.list({ account, application, environment });
  const search: OrphanSearch = { orphans: [], left: [], live: 0 };
  const judged = await judge(deps, key, found);
  for (const [index, { ref }] of found.entries()) {
    const verdict = judged[index];
    if (verdict?.kind === 'live') search.live += 1;
    else if (verdict?.kind === 'orphan') search.orphans.push({ ref, generation: verdict.generation, why: verdict.why });
    else search.left.push({ ref, why: whyOf(verdict) });
  }
  return search;
}

async function judge(
  deps: ActivityDependencies,
  key: DeploymentKey,
  stacks: StackDescription[],
): Promise<StackJudgement[]> {
  const record = await deps.records.load(key);
  const ids = new Set(stacks.flatMap((stack) => workflowsBehind(stack, record)));
  const ended = new Set<string>();
  await Promise.all(
    [...ids].map(async (id) => {
      if (await hasEnded(deps.client, id)) ended.add(id);
    }),
  );
  const facts = { record, ended, now: deps.now().toISOString() };
  return stacks.map((stack) => judgeStack(stack, facts));
}

/** Asked of the server itself, not of its search index, which may lag behind. */
async function hasEnded(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return ENDED.includes(status.name);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}

function whyOf(judged: StackJudgement | undefined): string {
  return judged?.kind === 'left' ? judged.why : 'it is live';
}
