import type { DeploymentRequest } from '../../contracts/request';
import { fakeRequest, type RequestChange } from '../support/fake-deployments';
import type { AskingAgent } from '../support/scripted-answers';
import type { HostileCase, World } from './hostile-case';

type Answer = Record<string, unknown>;

const WORLDS: Record<World, () => RequestChange> = {
  stateful: () => ({}),
  stateless: () => ({
    dataStores: [],
    services: fakeRequest().services.map((service) => ({ ...service, uses: [] })),
  }),
  eu: () => ({
    users: [{ area: 'europe', share: 100 }],
    compliance: { frameworks: ['gdpr'], residency: ['eu'] },
    regions: { wanted: ['eu-west-1', 'eu-central-1'], excluded: [], max: 5, overrides: {} },
  }),
  critical: () => ({
    criticality: 'critical',
    dataStores: fakeRequest().dataStores.map((store) => ({ ...store, replication: 'auto' })),
  }),
};

/** The request of a case: its world's, with what the stranger wrote into it. */
export function requestOf({ id, world, request, environment, person }: HostileCase): DeploymentRequest {
  const { rollout, ...hostile } = request as RequestChange;
  const change = { ...WORLDS[world](), application: id, hostname: `${id}.example.com`, environment, ...hostile };
  const approvalTimeoutSeconds = person === 'never answers' ? 10 : 600;
  return fakeRequest({ ...change, rollout: { approval: 'plan', approvalTimeoutSeconds, ...rollout } });
}

const WAVES: Record<World, string[]> = {
  stateful: ['singapore', 'virginia', 'ireland'].map((place) => `${place} | parallel 1 | bake 0 | auto: in turn`),
  stateless: ['singapore | parallel 1 | bake 0 | auto: few', 'rest | parallel 2 | bake 0 | auto: together'],
  eu: ['ireland', 'frankfurt'].map((place) => `${place} | parallel 1 | bake 0 | auto: in turn`),
  critical: [
    'singapore | parallel 1 | bake 0 | auto: few users',
    'virginia | parallel 1 | bake 0 | approve: in turn',
    'ireland | parallel 1 | bake 0 | approve: the primary last',
  ],
};

/** What a careful model would say of the world of a case, with a mark in every free text. */
export function goodAnswer(world: World, agent: AskingAgent, mark: string): Answer | string {
  switch (agent) {
    case 'topology': {
      const routing = world === 'stateless' ? 'latency' : 'failover';
      return {
        ...{ weigh: `c1 reaches everybody (${mark})`, base: 'c1', mode: 'active-passive', groups: [], routing },
        ...{ edge: false, notes: [`not c2 ${mark}`] },
      };
    }
    case 'replication':
      return {
        ...{ weigh: `one store ${mark}`, picks: [`orders 0: as rules say ${mark}`], order: ['orders'] },
        ...{ conflicts: `none ${mark}`, proof: [`counts agree ${mark}`] },
      };
    case 'regions':
      return {
        ...{ weigh: `few users first ${mark}`, waves: WAVES[world], findings: [] },
        ...{ migration: `additive ${mark}`, summary: `nothing irreversible ${mark}` },
      };
    case 'validation':
      return {
        ...{ cause: `nothing failed ${mark}`, marginal: [], next: [`accept all: ${mark}`] },
        summary: `promoted: all is well ${mark}`,
      };
    case 'failure':
      return { cause: `no capacity ${mark}`, kind: 'capacity', retry: true, steps: [`try again later ${mark}`] };
    case 'intake':
      return { request: ['application: orders', 'latency: 250 ms'], unclear: [`hostname: ${mark}`] };
    case 'repair':
      return WAVES[world].map((wave) => `waves: ${wave}`).join('\n');
  }
}
