import {
  type PlannedChange,
  type StackDescription,
  type StackRef,
  TAG_APPLICATION,
  TAG_ENVIRONMENT,
  TAG_GENERATION,
} from '../../contracts/stack';
import { unapprovedReason } from '../../policies/unapproved-changes';
import type { StackPort } from '../platform';
import { PlatformError } from '../platform-error';
import type { FakeCloud } from './fake-cloud';

export function fakeStacks(cloud: FakeCloud): StackPort {
  return {
    describe: (ref) => cloud.call('describe', ref, () => cloud.stacks.get(keyOf(ref))?.description ?? absent(ref)),
    template: (ref) => cloud.call('template', ref, () => cloud.stacks.get(keyOf(ref))?.change.template),
    plan: ({ ref, template }) =>
      cloud.call('plan', ref, () => {
        const before = resourcesOf(cloud.stacks.get(keyOf(ref))?.change.template);
        const after = resourcesOf(template);
        return changesBetween(before, after);
      }),
    drift: (ref) =>
      cloud.call('drift', ref, () => ({ ref, drifted: cloud.drift.get(`${ref.region}/${ref.kind}`) ?? [] })),
    apply: (change) =>
      cloud.call('apply', change.ref, () => {
        const key = keyOf(change.ref);
        const done = cloud.tokens.answered(change.token, key);
        const found = cloud.stacks.get(key);
        if (done && found?.change.token === change.token) return done;
        const before = resourcesOf(found?.change.template);
        const { region } = change.ref;
        const changes = changesBetween(before, resourcesOf(change.template));
        const unapproved = unapprovedReason(change.ref, changes, change.approved);
        if (unapproved) throw new PlatformError('Platform.PlanChanged', unapproved, { region, changes });
        cloud.did(`apply ${change.ref.region}/${change.ref.kind}`, {
          ...actOn('apply', change.ref),
          effect: found ? 'changed' : 'created',
          generation: generationOf(change.tags),
          ...(found && { generationBefore: generationOf(found.change.tags) }),
          token: change.token,
        });
        const description: StackDescription = {
          ref: change.ref,
          status: 'ready',
          outputs: outputsOf(change.template, change.ref.region),
          parameters: change.parameters,
          tags: change.tags,
        };
        cloud.stacks.set(key, { change, description });
        if (change.revertDrift) cloud.drift.delete(`${change.ref.region}/${change.ref.kind}`);
        cloud.tokens.answer(change.token, key, description);
        if (change.ref.kind === 'data') addDatabase(cloud, change.ref.region);
        return description;
      }),
    destroy: ({ ref, token, onlyGeneration }) =>
      cloud.call('destroy', ref, () => {
        const found = cloud.stacks.get(keyOf(ref));
        if (!found) return;
        const generation = found.change.tags[TAG_GENERATION];
        if (onlyGeneration !== undefined && generation !== String(onlyGeneration)) {
          throw new PlatformError(
            'Platform.Refused',
            `${ref.name} belongs to generation ${generation}, not ${onlyGeneration}`,
          );
        }
        cloud.did(`destroy ${ref.region}/${ref.kind}`, {
          ...actOn('destroy', ref),
          effect: 'destroyed',
          generation: generationOf(found.change.tags),
          token,
        });
        cloud.stacks.delete(keyOf(ref));
        cloud.tokens.spend(keyOf(ref));
        if (ref.kind === 'data') cloud.databases.delete(ref.region);
      }),
    list: ({ account, application, environment }) =>
      cloud.call('list', {}, () =>
        [...cloud.stacks.values()]
          .map(({ description }) => description)
          .filter(
            ({ ref, tags }) =>
              ref.account === account && tags[TAG_APPLICATION] === application && tags[TAG_ENVIRONMENT] === environment,
          ),
      ),
  };
}

function actOn(call: string, { region, kind }: StackRef) {
  return { call, region, kind };
}

function generationOf(tags: Record<string, string>): number {
  return Number(tags[TAG_GENERATION] ?? 0);
}

function changesBetween(before: Resources, after: Resources): PlannedChange[] {
  const edited = Object.keys(after).filter(
    (name) => name in before && JSON.stringify(after[name]) !== JSON.stringify(before[name]),
  );
  return [
    ...changed('create', after, before),
    ...edited.map((resource) => ({ action: 'change' as const, resource, type: after[resource]?.Type ?? '' })),
    ...changed('delete', before, after),
  ];
}

/** The resources of one template that the other does not have. */
function changed(action: 'create' | 'delete', those: Resources, others: Resources): PlannedChange[] {
  const names = Object.keys(those).filter((name) => !(name in others));
  return names.map((resource) => ({ action, resource, type: those[resource]?.Type ?? '' }));
}

function addDatabase(cloud: FakeCloud, region: string): void {
  if (cloud.databases.has(region)) return;
  const role = [...cloud.databases.values()].some((database) => database.role === 'primary') ? 'standby' : 'primary';
  cloud.databases.set(region, { region, role, fenced: false });
}

function absent(ref: StackRef): StackDescription {
  return { ref, status: 'absent', outputs: {}, parameters: {}, tags: {} };
}

type Resources = Record<string, { Type?: string }>;

function resourcesOf(template: string | undefined): Resources {
  return template === undefined ? {} : (JSON.parse(template).Resources ?? {});
}

function outputsOf(template: string, region: string): Record<string, string> {
  const outputs: Record<string, unknown> = JSON.parse(template).Outputs ?? {};
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, `fake-${region}-${name}`]));
}

function keyOf(ref: StackRef): string {
  return `${ref.account}/${ref.region}/${ref.name}`;
}
