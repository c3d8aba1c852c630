import type { TopologyAnswer } from '../../agents/topology-architect/answer-schema';
import type { ArchitectInput } from '../../agents/topology-architect/topology-choice';
import { guardTopology } from '../../agents/topology-architect/topology-guard';
import { topologyByRules } from '../../agents/topology-architect/topology-rules';
import { exampleInput } from './architect-input';

const GOOD: TopologyAnswer = {
  weigh: 'c1 and c2 reach every user in 114 ms; the note wants writes fast in virginia, which decides for c1',
  base: 'c1',
  mode: 'active-passive',
  groups: ['primary virginia: writes are fastest there', 'standby ireland singapore: local reads'],
  routing: 'latency',
  edge: false,
  notes: ['not c2: writes from virginia pay 76 ms', 'risk: a lost primary costs 60 s', 'a', 'b'],
};

function violations(answer: Partial<TopologyAnswer>, input: ArchitectInput = exampleInput()): string[] {
  const guarded = guardTopology({ ...GOOD, ...answer }, input);
  return guarded.kind === 'refused' ? guarded.violations : [];
}

describe('guard of the topology architect', () => {
  it('turns an answer that is a candidate into that candidate, with its reasons', () => {
    const input = exampleInput();
    const guarded = guardTopology(GOOD, input);
    expect(guarded).toMatchObject({ kind: 'accepted', choice: { candidate: input.advice.candidates[0] } });
    if (guarded.kind !== 'accepted') throw new Error('not accepted');
    expect(guarded.choice.reason).toContain('which decides for c1');
    expect(guarded.choice.reason).toContain('primary us-east-1: writes are fastest there');
    expect(guarded.choice.alternatives).toHaveLength(3);
  });

  it('understands region ids, capitals and AWS names of places', () => {
    expect(violations({ groups: ['primary us-east-1', 'Standby Ireland, Singapore'] })).toEqual([]);
    expect(violations({ groups: ['primary N. Virginia'.replace('. ', '-'), 'standby ireland and singapore'] })).toEqual(
      [],
    );
  });

  it('takes the candidate that the groups describe when the base is another one', () => {
    const guarded = guardTopology({ ...GOOD, base: 'c2' }, exampleInput());
    expect(guarded).toMatchObject({ kind: 'accepted', choice: { candidate: { id: 'c1' } } });
  });

  it.each([
    ['an unknown candidate', { base: 'c99' }, /"c99" is no candidate; valid are c1, c2/],
    ['an unknown region', { groups: ['primary atlantis'] }, /"atlantis" is no region of the catalog/],
    ['an unknown role', { groups: ['leader virginia'] }, /"leader" is no role; valid are primary/],
    [
      'a region that no candidate has',
      { groups: ['primary frankfurt', 'standby ireland singapore'] },
      /frankfurt \(eu-central-1\) may not be used: /,
    ],
    [
      'a mix of candidates',
      { groups: ['primary singapore', 'standby virginia ireland'] },
      /no candidate is active-passive, routing latency, primary singapore/,
    ],
    [
      'a mode that the candidate has not',
      { mode: 'active-active' as const },
      /no candidate is active-active.*c1 is active-passive/,
    ],
    [
      'a routing that the candidate has not',
      { routing: 'geo' as const },
      /routing geo.*c1 is active-passive, routing latency/,
    ],
    ['a region twice', { groups: ['primary virginia', 'standby virginia ireland singapore'] }, /no candidate is/],
    [
      'a candidate that breaks a policy',
      { base: 'c3', groups: [], routing: 'failover' as const },
      /latency: 95 % of users/,
    ],
  ])('refuses %s and says why', (_, answer, sentence) => {
    expect(violations(answer).join('\n')).toMatch(sentence);
  });

  it('names the exclusion when the request excludes the region', () => {
    const input = exampleInput({ regions: { excluded: ['eu-central-1'] } });
    expect(violations({ groups: ['primary frankfurt'] }, input)[0]).toMatch(
      /eu-central-1\) may not be used: the request excludes it/,
    );
  });

  it('holds a candidate against the policies even when the advice calls it clean', () => {
    const input = exampleInput();
    const forged = input.advice.candidates.map((candidate) => ({ ...candidate, violations: [] }));
    const sentences = violations(
      { base: 'c3', groups: [], routing: 'failover' },
      { ...input, advice: { ...input.advice, candidates: forged } },
    );
    expect(sentences.join()).toMatch(/latency/);
  });

  it('quotes at most 40 plain characters of a name that it does not know', () => {
    const [sentence = ''] = violations({ groups: [`primary ${'<x>"'.repeat(50)}`] });
    expect(sentence).toMatch(/^groups: "x{39}…" is no region/);
  });
});

describe('rules in place of the topology architect', () => {
  it('choose the best-ranked candidate that keeps every policy, and name what was not chosen', () => {
    const input = exampleInput();
    expect(topologyByRules(input)).toMatchObject({
      kind: 'chosen',
      choice: { candidate: { id: 'c1' }, reason: expect.stringMatching(/c1 ranks first of \d+ candidates/) },
    });
  });

  it('skip candidates that break a policy', () => {
    const input = exampleInput();
    const [first, ...others] = input.advice.candidates;
    const advice = { ...input.advice, candidates: [{ ...first!, violations: ['budget: too dear'] }, ...others] };
    expect(topologyByRules({ ...input, advice })).toMatchObject({ choice: { candidate: { id: 'c2' } } });
  });

  it('say that there is none, and why, when every candidate breaks one', () => {
    const input = exampleInput({ latency: { percentile: 95, underMs: 5 } });
    expect(topologyByRules(input)).toMatchObject({ kind: 'none', reason: expect.stringContaining('c1 (') });
  });
});
