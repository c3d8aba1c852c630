import { runAgent } from '../../agents/loop/agent-loop';
import type { LoopModel } from '../../agents/loop/loop-dependencies';
import type { TakeModelTurn } from '../../agents/loop/model-turn';
import { openLedger, usedTokens } from '../../agents/loop/token-ledger';
import { BENCHES } from './benches';
import { unmet } from './expectation';
import type { JudgementCase } from './judgement-case';

/** How one judge did on one case. */
export interface Scored {
  ok: boolean;
  /** what was not as expected, or why there was no answer */
  why: string[];
  tokens: number;
}

export interface Row {
  name: string;
  agent: JudgementCase['agent'];
  control: boolean;
  rules: Scored;
  /** absent when no model was asked */
  model?: Scored;
}

/** A model to be judged, and how a turn of it is taken. */
export interface JudgedModel {
  model: LoopModel;
  takeTurn: TakeModelTurn;
}

/** Lets rules, and a model if there is one, answer every case. Cases are asked one after the other: providers limit rates. */
export async function scoreCases(cases: readonly JudgementCase[], judged?: JudgedModel): Promise<Row[]> {
  const rows: Row[] = [];
  for (const one of cases) {
    const { name, agent, control } = one;
    const model = judged && (await scoreModel(one, judged));
    rows.push({ name, agent, control, rules: scoreRules(one), ...(model && { model }) });
  }
  return rows;
}

function scoreRules(judged: JudgementCase): Scored {
  return BENCHES[judged.agent]((bench) => {
    const input = bench.input(judged);
    const verdict = bench.agent.rules(input);
    const why = verdict.kind === 'chosen' ? unmet(bench.view(verdict.choice, input), judged.expect) : [verdict.reason];
    return { ok: why.length === 0, why, tokens: 0 };
  });
}

/** An answer that its guard refused, or that never came, is no answer: rules do not help a model here. */
function scoreModel(judged: JudgementCase, { model, takeTurn }: JudgedModel): Promise<Scored> {
  return BENCHES[judged.agent](async (bench) => {
    const input = bench.input(judged);
    const book = { ledger: openLedger() };
    const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    const dependencies = {
      book,
      model,
      takeTurn,
      sleep,
      onModelFailure: 'rules',
      longestWaitMs: 60_000,
      isCancellation: () => false,
    } as const;
    const outcome = await runAgent(bench.agent, input, dependencies);
    const tokens = usedTokens(book.ledger);
    if (outcome.kind === 'stopped' || outcome.by === 'rules')
      return { ok: false, why: [`${outcome.because.code}: ${outcome.because.message}`], tokens };
    const why = unmet(bench.view(outcome.choice, input), judged.expect);
    return { ok: why.length === 0, why, tokens };
  });
}
