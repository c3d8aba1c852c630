import type { RolloutInput } from '../../agents/regional-deployer/rollout-choice';
import type { ReplicationInput } from '../../agents/replication-engineer/replication-choice';
import { replicationWays } from '../../agents/replication-engineer/replication-ways';
import type { ArchitectInput } from '../../agents/topology-architect/topology-choice';
import { usableCandidates } from '../../agents/topology-architect/topology-rules';
import { BENCHES } from '../../bench/judgement/benches';
import { unmet } from '../../bench/judgement/expectation';
import type { JudgementCase } from '../../bench/judgement/judgement-case';
import { bakeRange } from '../../policies/rollout-violations';

type Answer = Record<string, unknown>;

/** An answer that does what a case expects and that its agent's guard accepts; undefined when there is none. */
export function goodAnswer(judged: JudgementCase): Answer | undefined {
  return BENCHES[judged.agent](({ agent, input, view }) => {
    const question = input(judged);
    return possibleAnswers(judged, question).find((answer) => {
      const read = agent.schema.safeParse(answer);
      if (!read.success) return false;
      const guarded = agent.guard(read.data, question);
      return guarded.kind === 'accepted' && unmet(view(guarded.choice, question), judged.expect).length === 0;
    });
  });
}

/** What a model could say: everything there is to choose from, or the example of a case whose answer is words. */
function possibleAnswers({ agent, good, findings }: JudgementCase, question: unknown): Answer[] {
  switch (agent) {
    case 'topology architect':
      return topologies(question as ArchitectInput);
    case 'regional deployer':
      return rollouts(
        question as RolloutInput,
        findings.map(({ rule }) => rule),
      );
    case 'replication engineer':
      return replications(question as ReplicationInput);
    case 'failure analyst':
    case 'validation analyst':
      return good ? [good] : [];
  }
}

function topologies(input: ArchitectInput): Answer[] {
  return usableCandidates(input).map(({ id, mode, routing }) => ({
    ...{ weigh: 'as the note says', base: id, mode, groups: [], routing, edge: false, notes: [] },
  }));
}

function rollouts(input: RolloutInput, rules: readonly string[]): Answer[] {
  const { primary, regions } = input.topology;
  const copies = regions.map(({ region }) => region).filter((region) => region !== primary);
  const { least, most } = bakeRange(input);
  return copies.flatMap((canary) =>
    copies.flatMap((last) =>
      [least, most].flatMap((bake) =>
        ['auto', 'approve'].map((gate) => {
          const between = copies.filter((region) => region !== canary && region !== last);
          const order = [...new Set([...between, ...(last === canary ? [] : [last]), primary])];
          const waves = order.map((region) => `${region} | parallel 1 | bake 0 | ${gate}: as the note says`);
          return {
            ...{ weigh: 'as the note says', migration: '', summary: 'as the note says' },
            waves: [`${canary} | parallel 1 | bake ${bake} | auto: as the note says`, ...waves],
            findings: rules.map((rule) => `${rule} block: as the note says`),
          };
        }),
      ),
    ),
  );
}

function replications({ questions }: ReplicationInput): Answer[] {
  const ways = replicationWays(questions);
  const picks = questions.map(({ store, options, lag }) =>
    options.flatMap(({ mode }) =>
      [lag.least, lag.ms, lag.most].map((ms) => `${store} ${ways.numberOf(mode)} warn ${ms}: as the note says`),
    ),
  );
  const combined = picks.reduce<string[][]>(
    (all, some) => all.flatMap((before) => some.map((pick) => [...before, pick])),
    [[]],
  );
  const stores = questions.map(({ store }) => store);
  return combined.flatMap((all) =>
    [stores, [...stores].reverse()].map((order) => ({
      ...{ weigh: 'as the note says', conflicts: '', proof: [], order },
      picks: all,
    })),
  );
}
