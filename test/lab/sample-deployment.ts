import type { RegionSpec } from '../../contracts/region-spec';
import type { ReplicationMode } from '../../contracts/replication';
import {
  type StackDescription,
  type StackKind,
  TAG_APPLICATION,
  TAG_ENVIRONMENT,
  TAG_GENERATION,
} from '../../contracts/stack';
import type { DaemonClient } from '../../lab/daemon/daemon-client';
import type { GeneratedStack } from '../../skills/iac-template-generator/schema';
import { buildRegionSpecs } from '../../skills/iac-template-generator/skill';
import { planned, sampleRequest, templatesOf, topologyOf } from '../skills/iac-template-generator/planned-deployments';

export const PRIMARY = 'eu-west-1';
export const STANDBY = 'eu-central-1';
export const FAR = 'us-east-1';

export const scope = { account: 'default', application: 'orders', environment: 'staging' };
export const store = { ...scope, store: 'orders' };

/** Waits for one standby, whichever. */
export const SYNCHRONOUS = { kind: 'synchronous', writePenaltyMs: 1, quorum: 1, whenDegraded: 'continue' } as const;

export interface SampleOptions {
  regions?: string[];
  image?: string;
  tasks?: number;
  /** in place of the one service `api`, which uses the store `orders` */
  services?: unknown[];
  dataStores?: unknown[];
  hostname?: string;
  /** part of every token: a stack that was destroyed is made again by another generation */
  generation?: number;
  /** how the stores replicate; asynchronously when it is not said */
  mode?: ReplicationMode;
  /** regions whose copies are only read */
  readers?: string[];
  /** what this deployment changes */
  live?: SampleDeployment;
}

/** The rendered stacks of the sample application, primary first; applied to a lab one by one or by kind. */
export class SampleDeployment {
  readonly stacks: GeneratedStack[];
  private readonly specs: RegionSpec[];
  private readonly generation: number;

  constructor(
    private readonly daemon: DaemonClient,
    options: SampleOptions = {},
  ) {
    const { regions = [PRIMARY, STANDBY], image = 'meridian/sample-orders:1.0', tasks = 1 } = options;
    const dataStores = options.dataStores ?? [{ name: 'orders', engine: 'postgresql' }];
    const uses = dataStores.length > 0 ? ['orders'] : [];
    const { services = [{ name: 'api', image, tasks, uses }], hostname = 'orders.example.com' } = options;
    this.generation = options.generation ?? 1;
    const request = sampleRequest({ services, dataStores, hostname });
    const input = planned(request, topologyOf(regions));
    for (const plan of input.replication.stores) {
      plan.mode = options.mode ?? plan.mode;
      plan.readers = options.readers ?? [];
    }
    const live = options.live && { specs: options.live.specs, firstRegion: options.live.specs[0]!.region };
    this.specs = buildRegionSpecs({ ...input, live });
    this.stacks = templatesOf({ ...input, live }).stacks;
  }

  stack(region: string, kind: StackKind): GeneratedStack {
    const found = this.stacks.find(({ ref }) => ref.region === region && ref.kind === kind);
    if (!found) throw new Error(`no ${kind} stack in ${region}`);
    return found;
  }

  apply(
    region: string,
    kind: StackKind,
    options: { token?: string; generation?: number } = {},
  ): Promise<StackDescription> {
    return this.applyStack(this.stack(region, kind), options);
  }

  async applyStack(
    { ref, template, parameters }: GeneratedStack,
    options: { token?: string; generation?: number } = {},
  ): Promise<StackDescription> {
    const { generation = this.generation, token = `${generation}/${ref.region}/${ref.name}` } = options;
    const resolved = await this.resolve(parameters);
    const tags = {
      [TAG_APPLICATION]: scope.application,
      [TAG_ENVIRONMENT]: scope.environment,
      [TAG_GENERATION]: String(generation),
    };
    return this.daemon.call('stacks.apply', { ref, template, parameters: resolved, tags, token });
  }

  /** All stacks of these kinds: regions of one kind beside one another, except data, where replicas need their primary. */
  async applyAll(...kinds: StackKind[]): Promise<void> {
    for (const kind of kinds) {
      const all = this.stacks.filter(({ ref }) => ref.kind === kind);
      if (kind === 'data' || kind === 'connectivity') for (const stack of all) await this.applyStack(stack);
      else await Promise.all(all.map((stack) => this.applyStack(stack)));
    }
  }

  async destroy(region: string, kind: StackKind): Promise<void> {
    const { ref } = this.stack(region, kind);
    await this.daemon.call('stacks.destroy', { ref, token: `destroy/${region}/${kind}` });
  }

  async destroyAll(): Promise<void> {
    for (const { ref } of [...this.stacks].reverse()) {
      await this.daemon.call('stacks.destroy', { ref, token: `destroy/${ref.region}/${ref.name}` });
    }
  }

  private async resolve(parameters: GeneratedStack['parameters']): Promise<Record<string, string>> {
    const resolved: Record<string, string> = {};
    for (const [name, parameter] of Object.entries(parameters)) {
      resolved[name] = 'value' in parameter ? parameter.value : await this.outputOf(parameter.output);
    }
    return resolved;
  }

  private async outputOf({ region, kind, name }: { region: string; kind: StackKind; name: string }): Promise<string> {
    const { outputs } = await this.daemon.call('stacks.describe', { ref: this.stack(region, kind).ref });
    const value = outputs[name];
    if (value === undefined) throw new Error(`stack ${kind} in ${region} has no output ${name}`);
    return value;
  }
}
