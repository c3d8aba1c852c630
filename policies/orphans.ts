import type { DeploymentRecord, Intent } from '../contracts/record';
import {
  type StackDescription,
  type StackRef,
  TAG_APPLICATION,
  TAG_ENVIRONMENT,
  TAG_GENERATION,
} from '../contracts/stack';
import { operationWorkflowId, regionWorkflowId } from '../contracts/workflow-ids';

export interface OrphanFacts {
  record: DeploymentRecord;
  /** workflows that are known to have ended, or never to have been; any other counts as running */
  ended: ReadonlySet<string>;
  /** ISO */
  now: string;
}

export type StackJudgement =
  | { kind: 'live' }
  | { kind: 'left'; why: string }
  | { kind: 'orphan'; generation: number; why: string };

const left = (why: string): StackJudgement => ({ kind: 'left', why });

/**
 * Whether a stack that carries our tag is an orphan (DESIGN §5: ownership is decided by the tag together with the
 * intent). Orphan is only what all of these say: it is where the record says the deployment is, it is not live, an intent
 * of ours names it and agrees with its tag, nothing of those generations runs, and it is not kept dark. Anything unsure
 * is left alone. Pure.
 */
export function judgeStack(stack: StackDescription, facts: OrphanFacts): StackJudgement {
  const { ref, tags, status } = stack;
  const { record } = facts;
  if (tags[TAG_APPLICATION] !== record.application || tags[TAG_ENVIRONMENT] !== record.environment)
    return left('its tags name another deployment');
  if (record.place === undefined || ref.account !== record.place.account)
    return left(`account ${ref.account} is not where the record says the deployment is`);
  if (record.live?.stacks.some((live) => isSame(live.ref, ref))) return { kind: 'live' };
  const generation = Number(tags[TAG_GENERATION] ?? Number.NaN);
  if (!Number.isInteger(generation) || generation < 1) return left('no generation is in its tags');
  if (generation === record.live?.generation) return left(`its tag is that of generation ${generation}, which is live`);
  const intent = record.intents.find((one) => isSame(one.ref, ref));
  if (!intent) return left('the record holds no intent for it: somebody else made it');
  if (!agree(intent, generation))
    return left(`its tag says generation ${generation}, the newest intent is of generation ${intent.generation}`);
  const running = workflowsBehind(stack, record).find((id) => !facts.ended.has(id));
  if (running !== undefined) return left(`${running} still runs`);
  if (status === 'creating' || status === 'updating' || status === 'deleting')
    return left(`it is ${status} at this moment: look again later`);
  const { dark } = record;
  const isDark = dark?.generation === generation && dark.regions.includes(ref.region);
  if (dark && isDark && facts.now < dark.expiresAt) return left(`kept dark until ${dark.expiresAt}`);
  const why = isDark ? `kept dark until ${dark?.expiresAt}` : `generation ${generation} has ended and is not live`;
  return { kind: 'orphan', generation, why };
}

/** The workflows that may still act on a stack; empty where neither tag nor intent names a generation. */
export function workflowsBehind({ ref, tags }: StackDescription, record: DeploymentRecord): string[] {
  const { application, environment } = record;
  const intents = record.intents.filter((intent) => isSame(intent.ref, ref)).map(({ generation }) => generation);
  const generations = [Number(tags[TAG_GENERATION]), ...intents].filter((generation) => generation >= 1);
  return [...new Set(generations)].flatMap((generation) => {
    const key = { application, environment, generation };
    return [
      ...(['deploy', 'retire', 'sweep'] as const).map((kind) => operationWorkflowId({ ...key, kind })),
      regionWorkflowId({ ...key, kind: 'deploy' }, ref.region),
    ];
  });
}

/** The intent made it, or a later one began to destroy it and did not finish. */
function agree(intent: Intent, generation: number): boolean {
  if (intent.generation === generation) return true;
  return intent.verb === 'destroy' && intent.state === 'open' && intent.generation > generation;
}

function isSame(a: StackRef, b: StackRef): boolean {
  return a.account === b.account && a.region === b.region && a.name === b.name;
}
