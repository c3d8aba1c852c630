import fc from 'fast-check';
import { runAgent } from '../../agents/loop/agent-loop';
import type { TakeModelTurn, TakeModelTurnInput, TakeModelTurnResult } from '../../agents/loop/model-turn';
import { ledgerSummary, openLedger, usedTokens } from '../../agents/loop/token-ledger';
import { type LedgerAccount, ledgerAccountSchema, TOKEN_LIMIT_TOTAL, TOKEN_LIMITS } from '../../contracts/ledger';
import { type PreparedQuestion, preparedDeployments } from './prepared-deployments';

const RUNS = 10_000;
const SEED = Number(process.env.BUDGET_SEED ?? Date.now() % 1_000_000);
const MODEL = { id: 'simulated', price: { inputUsdPerMillion: 2, outputUsdPerMillion: 10 } };
/** The activity's own margin on what a provider counts (activities/take-model-turn.ts). */
const counted = (tokens: number) => Math.ceil(tokens * 1.02 + 10);
const deployments = preparedDeployments();

/** What the provider does with one call. */
interface Behaviour {
  kind: 'good' | 'wrong' | 'broken' | 'cut' | 'declined' | 'busy' | 'refused' | 'lost' | 'killed' | 'cancelled';
  /** real input as a share of what was reserved, when nobody counts before */
  input: number;
  /** output as a share of `max_tokens` */
  output: number;
  /** of a lost call: whether it was billed all the same */
  billed: boolean;
}

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<Behaviour['kind']>('good', 'wrong') },
    { weight: 4, arbitrary: fc.constantFrom<Behaviour['kind']>('broken', 'cut', 'busy', 'lost', 'killed') },
    fc.constantFrom<Behaviour['kind']>('declined', 'refused', 'cancelled'),
  ),
  input: fc.oneof(fc.double({ min: 0.4, max: 1.05, noNaN: true }), fc.constant(1.05)),
  output: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(1)),
  billed: fc.boolean(),
});

const scenario = fc.record({
  deployment: fc.constantFrom(...deployments),
  /** the failure analyst is asked in the validation analyst's place, or after it */
  fails: fc.constantFrom('no', 'instead', 'after'),
  /** the provider counts before it is asked: as a share of the reservation that may be above one */
  counts: fc.option(fc.double({ min: 0.4, max: 1.8, noNaN: true }), { nil: undefined }),
  script: fc.array(behaviour, { minLength: 6, maxLength: 24 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

class Cancelled extends Error {}

/** A provider with a meter: what it bills, per account, and every call that could have passed a limit. */
class Simulation {
  readonly book = { ledger: openLedger() };
  readonly billed = new Map<LedgerAccount, number>();
  readonly problems: string[] = [];
  private calls = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly count: (what: string) => void,
  ) {}

  async run(): Promise<void> {
    const { deployment, fails } = this.scenario;
    const validated = fails === 'instead' ? deployment.questions.slice(0, -1) : deployment.questions;
    const questions = fails === 'no' ? validated : [...validated, deployment.failing];
    for (const question of questions) {
      const before = this.calls;
      try {
        const end = await runAgent(question.agent, question.input, {
          book: this.book,
          model: MODEL,
          onModelFailure: 'rules',
          longestWaitMs: 60_000,
          takeTurn: this.provider(question),
          sleep: async () => undefined,
          isCancellation: (error) => error instanceof Cancelled,
        });
        this.count(end.kind === 'decided' ? `decided by ${end.by}` : 'stopped');
        if (end.kind === 'decided' && end.by === 'rules') this.count(`rules because: ${end.because.code}`);
      } catch (error) {
        if (!(error instanceof Cancelled)) throw error;
        this.count('cancelled');
        break;
      }
      // three packings or attempts, then a correction with its own attempts
      if (this.calls - before > 9) this.problems.push(`${question.agent.name}: ${this.calls - before} calls`);
    }
    this.compare();
  }

  private provider({ agent, good }: PreparedQuestion): TakeModelTurn {
    let answered = 0;
    return async (call) => {
      const { account } = agent;
      const act = this.scenario.script[this.calls % this.scenario.script.length]!;
      this.calls += 1;
      const input = Math.ceil(
        call.reservedInputTokens * (this.scenario.counts === undefined ? act.input : this.scenario.counts),
      );
      if (this.scenario.counts !== undefined && counted(input) > call.reservedInputTokens) {
        this.count('played: counted longer');
        return { kind: 'too-long', countedInputTokens: counted(input) };
      }
      this.judge(account, input + call.maxTokens);
      this.count(`played: ${act.kind}`);
      const result = this.play(act, call, input, good, account);
      if (result.kind === 'answered' && ++answered > 2) this.problems.push(`${agent.name}: answered ${answered} times`);
      return result;
    };
  }

  private play(
    act: Behaviour,
    { purpose, maxTokens }: TakeModelTurnInput,
    inputTokens: number,
    good: object,
    account: LedgerAccount,
  ): TakeModelTurnResult {
    const outputTokens = Math.round(maxTokens * act.output);
    const answer = (
      text: string,
      stopReason: 'end_turn' | 'max_tokens' | 'refusal' = 'end_turn',
      output = outputTokens,
    ): TakeModelTurnResult => {
      this.bill(account, inputTokens + output);
      return { kind: 'answered', text, stopReason, inputTokens, outputTokens: output };
    };
    switch (act.kind) {
      case 'good':
        return answer(purpose === 'answer' ? JSON.stringify(good) : lines(good));
      case 'wrong':
        return answer(purpose === 'answer' ? JSON.stringify(wrong(good)) : 'base: c99\nwaves: mars\npicks: nothing 9');
      case 'broken':
        return answer(JSON.stringify(good).slice(0, 20));
      case 'cut':
        return answer('{"weigh": "', 'max_tokens', maxTokens);
      case 'declined':
        return answer('', 'refusal');
      case 'busy':
        return {
          kind: 'not-billed',
          failureType: 'Model.Unavailable',
          message: '529',
          retryAfterMs: act.billed ? 2_000 : 61_000,
        };
      case 'refused':
        return { kind: 'not-billed', failureType: 'Model.Misconfigured', message: '401' };
      default:
        if (act.billed) this.bill(account, inputTokens + outputTokens);
        if (act.kind === 'killed') throw new Error('activity heartbeat timeout');
        if (act.kind === 'cancelled') throw new Cancelled();
        return { kind: 'unknown', failureType: 'Model.Unavailable', message: 'connection lost' };
    }
  }

  private bill(account: LedgerAccount, tokens: number): void {
    this.billed.set(account, (this.billed.get(account) ?? 0) + tokens);
  }

  private total(): number {
    return [...this.billed.values()].reduce((sum, tokens) => sum + tokens, 0);
  }

  /** Before a call goes out: what it costs at worst, on top of what is on the bill. */
  private judge(account: LedgerAccount, worst: number): void {
    const inAccount = (this.billed.get(account) ?? 0) + worst;
    if (inAccount > TOKEN_LIMITS[account]) this.problems.push(`${account}: ${inAccount} of ${TOKEN_LIMITS[account]}`);
    if (this.total() + worst > TOKEN_LIMIT_TOTAL)
      this.problems.push(`all: ${this.total() + worst} of ${TOKEN_LIMIT_TOTAL}`);
  }

  private compare(): void {
    for (const account of ledgerAccountSchema.options) {
      const billed = this.billed.get(account) ?? 0;
      const used = usedTokens(this.book.ledger, account);
      if (used < this.sureOf(account))
        this.problems.push(`${account}: the ledger has ${used}, the provider bills ${billed}`);
    }
    if (ledgerSummary(this.book.ledger).used < 0) this.problems.push('a ledger below zero');
  }

  /** A lost call is in the book as reserved; its real input may be five percent above, and nobody can know. */
  private sureOf(account: LedgerAccount): number {
    const { entries, open } = this.book.ledger;
    const lost = [
      ...entries
        .filter((entry) => entry.account === account && entry.outcome === 'unknown')
        .map(({ inputTokens }) => inputTokens),
      ...open.filter(({ note }) => note.account === account).map(({ inputTokens }) => inputTokens),
    ];
    return (this.billed.get(account) ?? 0) - lost.reduce((sum, tokens) => sum + Math.ceil(tokens * 0.05), 0);
  }
}

function wrong(good: object): object {
  const change = {
    base: 'c99',
    waves: ['mars | parallel 9 | bake 0 | auto: all'],
    picks: ['nothing 9'],
    summary: 'approved',
    cause: '',
    request: ['budget: 987654 usd'],
  };
  return Object.fromEntries(
    Object.entries(good).map(([key, value]) => [key, change[key as keyof typeof change] ?? value]),
  );
}

function lines(good: object): string {
  return Object.entries(good)
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((item) => `${key}: ${item}`))
    .join('\n');
}

/**
 * The real loop, the real agents and the real ledger over thousands of whole deployments, one agent after the other on
 * one ledger, against a provider that does everything a provider can do.
 */
it(`keeps every limit over ${RUNS} simulated deployments (BUDGET_SEED=${SEED})`, async () => {
  const counts = new Map<string, number>();
  const count = (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const largest = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(scenario, async (drawn) => {
      const simulation = new Simulation(drawn, count);
      await simulation.run();
      for (const [account, billed] of simulation.billed)
        largest.set(account, Math.max(largest.get(account) ?? 0, billed / TOKEN_LIMITS[account]));
      const all = [...simulation.billed.values()].reduce((sum, tokens) => sum + tokens, 0) / TOKEN_LIMIT_TOTAL;
      largest.set('all', Math.max(largest.get('all') ?? 0, all));
      expect(simulation.problems).toEqual([]);
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  );
  if (process.env.BUDGET_TABLE)
    process.stdout.write(
      `${[...counts]
        .sort()
        .map(([what, n]) => `${String(n).padStart(8)}  ${what}`)
        .join(
          '\n',
        )}\n${[...largest].map(([account, share]) => `${(share * 100).toFixed(1)} % of ${account}`).join('\n')}\n`,
    );
  // a simulation in which nothing happens would keep every limit
  for (const what of ['decided by model', 'decided by rules', 'played: counted longer', 'played: killed', 'cancelled'])
    expect(counts.get(what)).toBeGreaterThan(RUNS / 100);
}, 300_000);
