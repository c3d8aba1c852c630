import fc from 'fast-check';
import type { AskingAgent } from '../support/scripted-answers';
import { cutAnswers, forbiddenAnswers, misshapenAnswers, repairs, wordyAnswers } from './hostile-answers';
import {
  type HostileCase,
  type HostileReply,
  markOfModel,
  markOfRequester,
  type Person,
  type World,
} from './hostile-case';
import { lyingUsage, providerFailures } from './hostile-provider';
import { hostileRequests, hostileSentences } from './hostile-requests';
import { hostileWords } from './hostile-words';
import { goodAnswer } from './worlds';

type Case = fc.Arbitrary<HostileCase>;
type Answers = (world: World, agent: AskingAgent, mark: string) => fc.Arbitrary<HostileReply>;

const PLANNERS: readonly AskingAgent[] = ['topology', 'replication', 'regions'];
const GOOD: HostileReply = { kind: 'good' };
const worlds = fc.constantFrom<World>('stateful', 'stateless', 'eu', 'critical');
const deployedWorlds = fc.constantFrom<World>('stateless', 'stateless', 'stateless', 'critical', 'eu');
const persons = fc.constantFrom<Person>(
  'approves',
  'approves',
  'approves',
  'rejects',
  'approves another digest',
  'stops it',
  'never answers',
);

const usageOf: Answers = (world, agent, mark) => lyingUsage(JSON.stringify(goodAnswer(world, agent, mark)));
const failuresOf: Answers = (_world, _agent, mark) => providerFailures(mark);
const ANSWERS: Readonly<Record<string, Answers>> = {
  'answers cut short': cutAnswers,
  'answers of another shape': misshapenAnswers,
  'answers against the rules': forbiddenAnswers,
  'hostile words in answers': wordyAnswers,
  'providers that fail': failuresOf,
  'usage that lies': usageOf,
};

function basis(id: string, category: string): HostileCase {
  return {
    ...{ id, category, act: 'plan', world: 'stateful', request: {}, sentence: '', person: 'approves', count: 1 },
    ...{ replies: {}, environment: 'staging' },
  };
}

/** One or all agents are hostile in one way; the others are good, so that the plan goes on. */
function hostileAgents(
  id: string,
  world: World,
  answers: Answers,
  agents: readonly AskingAgent[],
): fc.Arbitrary<HostileCase['replies']> {
  const mark = markOfModel({ id });
  const replies = (agent: AskingAgent) => fc.array(answers(world, agent, mark), { minLength: 1, maxLength: 3 });
  const one = fc.constantFrom(...agents).chain((agent) => replies(agent).map((list) => ({ [agent]: list })));
  const all = fc.record(Object.fromEntries(agents.map((agent) => [agent, replies(agent)])));
  return fc
    .tuple(fc.oneof(one, all), fc.array(repairs(world, mark), { minLength: 1, maxLength: 3 }))
    .map(([list, repair]) => ({ ...list, repair }));
}

const planCase =
  (category: string, answers: Answers) =>
  (id: string): Case =>
    worlds.chain((world) =>
      fc
        .record({
          replies: hostileAgents(id, world, answers, PLANNERS),
          count: fc.constantFrom<HostileCase['count']>(1, 1, 'unavailable'),
          environment: fc.constantFrom<HostileCase['environment']>('staging', 'staging', 'production'),
        })
        .map((drawn) => ({ ...basis(id, category), world, ...drawn })),
    );

const deployCase =
  (category: string, answers: Answers) =>
  (id: string): Case =>
    deployedWorlds.chain((world) =>
      fc
        .record({
          replies: hostileAgents(id, world, answers, [...PLANNERS, 'validation']),
          person: persons,
          environment: fc.constantFrom<HostileCase['environment']>('staging', 'production'),
        })
        .map((drawn): HostileCase => ({ ...basis(id, `deployed, ${category}`), act: 'deploy', world, ...drawn })),
    );

function requestCase(id: string): Case {
  const obeying = (mark: string): HostileReply[] => [
    { kind: 'answer', answer: { weigh: mark, approval: 'none' } },
    GOOD,
  ];
  return fc.tuple(worlds, hostileRequests(markOfRequester({ id })), fc.boolean()).map(([world, request, obeys]) => ({
    ...basis(id, 'hostile fields of a request'),
    world,
    request,
    replies: obeys ? { topology: obeying(markOfModel({ id })) } : {},
  }));
}

function deployedRequestCase(id: string): Case {
  return fc.tuple(hostileRequests(markOfRequester({ id })), persons).map(
    ([request, person]): HostileCase => ({
      ...basis(id, 'deployed, hostile fields of a request'),
      ...{ act: 'deploy', world: 'stateless', request, person },
    }),
  );
}

function failingPlatformCase(id: string): Case {
  const mark = markOfModel({ id });
  return fc
    .record({
      message: fc.oneof(hostileWords(mark), hostileWords(mark, 4_000)),
      resource: hostileWords(mark, 40),
      region: fc.constantFrom('us-east-1', 'eu-west-1', 'ap-southeast-1'),
      kind: fc.constant('base' as const),
      answers: fc
        .constantFrom(...Object.values(ANSWERS))
        .chain((answers) => fc.array(answers('stateless', 'failure', mark), { minLength: 1, maxLength: 2 })),
      onFailure: fc.constantFrom('keep-dark', 'rollback-all'),
    })
    .map(
      ({ answers, onFailure, ...platformFails }): HostileCase => ({
        ...basis(id, 'platforms that fail with hostile words'),
        ...{ act: 'deploy', world: 'stateless', request: { rollout: { onFailure } }, platformFails },
        replies: { failure: answers },
      }),
    );
}

function intakeCase(id: string): Case {
  const mark = markOfModel({ id });
  const answers = fc.constantFrom(...Object.values(ANSWERS), forbiddenAnswers, forbiddenAnswers);
  return fc
    .record({
      sentence: hostileSentences(markOfRequester({ id })),
      intake: answers.chain((one) => fc.array(one('stateful', 'intake', mark), { minLength: 1, maxLength: 2 })),
      count: fc.constantFrom<HostileCase['count']>(1, 1.3, 'unavailable'),
    })
    .map(
      ({ sentence, intake, count }): HostileCase => ({
        ...basis(id, 'sentences'),
        ...{ act: 'intake', sentence, count, replies: { intake } },
      }),
    );
}

function countingCase(id: string): Case {
  return fc.tuple(worlds, fc.constantFrom(1.15, 1.4, 2, 5, 100)).map(([world, count]) => ({
    ...basis(id, 'input counted longer than reserved'),
    ...{ world, count },
  }));
}

function goodCase(id: string): Case {
  return worlds.map((world) => ({ ...basis(id, 'good answers'), world, environment: 'production' }));
}

/** Categories with their share; a run has at least `BASE` cases. */
const GENERATORS: ReadonlyArray<[count: number, (id: string) => Case]> = [
  ...Object.entries(ANSWERS).map(([name, answers]): [number, (id: string) => Case] => [14, planCase(name, answers)]),
  [14, requestCase],
  [8, countingCase],
  [4, goodCase],
  ...Object.entries(ANSWERS).map(([name, answers]): [number, (id: string) => Case] => [6, deployCase(name, answers)]),
  [8, deployedRequestCase],
  [16, failingPlatformCase],
  [30, intakeCase],
];

/**
 * The cases of one seed, about 200 times `scale`; the same seed gives the same cases. Deployments, which wait for
 * people and timers, come first.
 */
export function hostileCases(seed: number, scale = 1): HostileCase[] {
  const drawn = GENERATORS.flatMap(([count, generate], kind) =>
    Array.from({ length: count * scale }, (_, index) => {
      const id = `h${kind}-${index}`;
      const [one] = fc.sample(generate(id), { seed: seed + kind * 100_003 + index * 101, numRuns: 1 });
      if (!one) throw new Error('fast-check drew no case');
      return one;
    }),
  );
  return drawn.sort((a, b) => Number(b.act === 'deploy') - Number(a.act === 'deploy'));
}
