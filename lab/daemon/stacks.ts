import { createHash } from 'node:crypto';
import {
  type PlannedChange,
  type StackDescription,
  type StackDrift,
  type StackRef,
  TAG_APPLICATION,
  TAG_ENVIRONMENT,
  TAG_GENERATION,
} from '../../contracts/stack';
import { unapprovedReason } from '../../policies/unapproved-changes';
import { LabError } from '../lab-error';
import type { OperationInput } from './daemon-protocol';
import { type Deployment, deploymentOf, type Lab, type Scope, type Stack } from './lab-state';
import { Locks } from './locks';
import { plannedChanges } from './planned-changes';
import { stackOutputs } from './stack-outputs';
import { applyResources, destroyResources, readStackTemplate } from './stack-resources';
import { UsedTokens } from './used-tokens';

type Change = OperationInput<'stacks.apply'>;

/** The stacks of a lab: what CloudFormation is to a region. */
export class Stacks {
  private readonly locks = new Locks();
  private readonly tokens = new UsedTokens<StackDescription>();

  constructor(private readonly lab: Lab) {}

  describe(ref: StackRef): StackDescription {
    const stack = this.lab.stacks.get(keyOf(ref));
    if (!stack) return { ref, status: 'absent', outputs: {}, parameters: {}, tags: {} };
    const { status, reason, outputs, parameters, tags, templateSha256 } = stack;
    return { ref: stack.ref, status, reason, outputs, parameters, tags, templateSha256 };
  }

  template(ref: StackRef): { template?: string } {
    return { template: this.lab.stacks.get(keyOf(ref))?.template };
  }

  plan({ ref, template, parameters }: OperationInput<'stacks.plan'>): PlannedChange[] {
    return plannedChanges(this.lab.stacks.get(keyOf(ref)), { template, parameters });
  }

  /** Nothing changes what is in a lab but the lab: there is no other hand that could make it drift. */
  drift({ ref }: OperationInput<'stacks.drift'>): StackDrift {
    if (!this.lab.stacks.has(keyOf(ref)))
      throw new LabError('Platform.Refused', `ref: there is no stack ${ref.name} in ${ref.region}`);
    return { ref, drifted: [] };
  }

  list(scope: Scope): StackDescription[] {
    return [...this.lab.stacks.values()]
      .filter(({ ref, tags }) => ref.account === scope.account && sameDeployment(tags, scope))
      .map(({ ref }) => this.describe(ref));
  }

  /** Creates or changes a stack. Fails with `Platform.StackFailed`; the stack then says why. */
  apply(change: Change): Promise<StackDescription> {
    const key = keyOf(change.ref);
    return this.tokens.once(change.token, key, () =>
      this.locks.run(key, () => {
        // the stack may have been destroyed while this waited for its turn
        this.tokens.refuseForeign(change.token, key);
        return this.applyNow(key, change);
      }),
    );
  }

  /** Deletes a stack and returns when nothing of it is left. It is made again with new tokens only. */
  destroy({ ref, onlyGeneration }: OperationInput<'stacks.destroy'>): Promise<Record<string, never>> {
    const key = keyOf(ref);
    // an apply that comes from now on is meant for the time after
    const used = this.tokens.usedFor(key);
    return this.locks.run(key, async () => {
      const stack = this.lab.stacks.get(key);
      if (stack) await this.destroyNow(key, stack, onlyGeneration);
      this.tokens.spend(key, used);
      return {};
    });
  }

  private async destroyNow(key: string, stack: Stack, onlyGeneration: number | undefined): Promise<void> {
    const generation = stack.tags[TAG_GENERATION];
    if (onlyGeneration !== undefined && generation !== String(onlyGeneration)) {
      throw new LabError(
        'Platform.Refused',
        `stack ${key} belongs to generation ${generation}, not to ${onlyGeneration}`,
      );
    }
    const before = stack.status;
    stack.status = 'deleting';
    try {
      await destroyResources(this.lab, this.deploymentFor(stack.tags, stack.ref), stack);
    } catch (error) {
      stack.status = before;
      throw error;
    }
    this.lab.stacks.delete(key);
    this.lab.log(`stack ${key} is gone`);
  }

  private async applyNow(
    key: string,
    { ref, template, parameters, tags, approved }: Change,
  ): Promise<StackDescription> {
    const deployment = this.deploymentFor(tags, ref);
    const before = this.lab.stacks.get(key);
    const changes = plannedChanges(before, { template, parameters });
    const unapproved = unapprovedReason(ref, changes, approved);
    if (unapproved) throw new LabError('Platform.PlanChanged', unapproved, { region: ref.region, changes });
    const templateSha256 = createHash('sha256').update(template).digest('hex');
    const status = before ? 'updating' : 'creating';
    const stack: Stack = { ref, status, outputs: before?.outputs ?? {}, parameters, tags, template, templateSha256 };
    this.lab.stacks.set(key, stack);
    const startedAt = Date.now();
    try {
      const reading = readStackTemplate(this.lab, stack);
      await applyResources(this.lab, deployment, stack, reading);
      Object.assign(stack, { reading, outputs: stackOutputs(template, deployment, ref), status: 'ready' });
    } catch (error) {
      throw this.failed(key, stack, before, error);
    }
    this.lab.log(`stack ${key} is ready after ${Date.now() - startedAt} ms`);
    return this.describe(ref);
  }

  /** What was out of reach leaves no trace; everything else leaves a failed stack that says why. */
  private failed(key: string, stack: Stack, before: Stack | undefined, error: unknown): LabError {
    if (error instanceof LabError && error.type !== 'Platform.StackFailed') {
      if (before) this.lab.stacks.set(key, before);
      else this.lab.stacks.delete(key);
      return error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    const resource = error instanceof LabError ? error.details.resource : undefined;
    Object.assign(stack, { status: 'failed', reason, reading: before?.reading });
    this.lab.log(`stack ${key} failed: ${reason}`);
    return new LabError('Platform.StackFailed', reason, { region: stack.ref.region, resource });
  }

  private deploymentFor(tags: Record<string, string>, { account }: StackRef): Deployment {
    const application = tags[TAG_APPLICATION];
    const environment = tags[TAG_ENVIRONMENT];
    if (application && environment) return deploymentOf(this.lab, { account, application, environment });
    throw new LabError('Platform.Refused', `tags: ${TAG_APPLICATION} and ${TAG_ENVIRONMENT} are needed on every stack`);
  }
}

function keyOf({ account, region, name }: StackRef): string {
  return `${account}/${region}/${name}`;
}

function sameDeployment(tags: Record<string, string>, { application, environment }: Scope): boolean {
  return tags[TAG_APPLICATION] === application && tags[TAG_ENVIRONMENT] === environment;
}
