import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import type { SeenCloud } from './invariants';

/** The fake cloud from outside. */
export function seen(cloud: FakeCloud): SeenCloud {
  return {
    stacks: [...cloud.stacks.values()].map(({ change, description }) => ({
      ref: change.ref,
      status: description.status,
      template: change.template,
      parameters: change.parameters,
    })),
    acts: cloud.log.flatMap(({ region, kind, effect, token }) =>
      region && kind && effect ? [{ ref: { region, kind }, effect, ...(token && { token }) }] : [],
    ),
    drained: [...cloud.drained],
    dead: [...cloud.killed.values()].map(({ region }) => region),
    databases: Object.fromEntries(
      [...cloud.databases.values()].map(({ region, role, fenced }) => [region, { role, fenced }]),
    ),
  };
}
