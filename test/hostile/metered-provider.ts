import type { LedgerAccount } from '../../contracts/ledger';
import { TOKEN_LIMIT_TOTAL, TOKEN_LIMITS } from '../../contracts/ledger';
import { type AskingAgent, askingAgent } from '../support/scripted-answers';
import {
  type RecordedRequest,
  type ScriptedModelServer,
  type ScriptedReply,
  startScriptedModelServer,
  textTokens,
} from '../support/scripted-model-server';
import { type HostileCase, type HostileReply, markOfModel } from './hostile-case';
import { goodAnswer } from './worlds';

/** Statuses of errors that no provider bills. */
const UNBILLED = new Set([400, 401, 402, 403, 404, 413, 422, 429, 529]);
/** More messages than any run may send. */
const MOST_MESSAGES = 60;

/** One message as the provider saw it. Tokens. */
export interface MeteredTurn {
  account: LedgerAccount;
  purpose: 'answer' | 'repair';
  /** as the server counts */
  input: number;
  maxTokens: number;
  outcome: 'answered' | 'unbilled' | 'unknown';
  /** what may be on the bill: the usage that was told, nothing, or all that was possible */
  cost: number;
  reply: ScriptedReply;
}

export interface MeteredProvider {
  url: string;
  turns: MeteredTurn[];
  stop(): Promise<void>;
}

/** The provider of one case: plays its script, and keeps a meter of its own beside Meridian's ledger. */
export async function startMeteredProvider(one: HostileCase): Promise<MeteredProvider> {
  const turns: MeteredTurn[] = [];
  const asked = new Map<AskingAgent, number>();
  const factor = one.count === 'unavailable' ? 1 : one.count;
  const tokensOf = ({ body }: RecordedRequest) => Math.ceil(textTokens(body) * factor);
  const step = (request: RecordedRequest): ScriptedReply => {
    const agent = askingAgent(request.body);
    const nth = asked.get(agent) ?? 0;
    asked.set(agent, nth + 1);
    const script = one.replies[agent] ?? [{ kind: 'good' }];
    const reply = played(script[Math.min(nth, script.length - 1)] ?? { kind: 'good' }, one, agent);
    const account = agent === 'repair' ? (turns.at(-1)?.account ?? 'topology') : agent;
    turns.push(
      metered(
        reply,
        account,
        agent === 'repair' ? 'repair' : 'answer',
        tokensOf(request),
        request.body.max_tokens ?? 0,
      ),
    );
    return withUsage(reply, tokensOf(request));
  };
  const server: ScriptedModelServer = await startScriptedModelServer(
    Array.from({ length: MOST_MESSAGES }, () => step),
    { count: one.count === 'unavailable' ? 'unavailable' : tokensOf },
  );
  return { url: server.url, turns, stop: server.stop };
}

function played(reply: HostileReply, one: HostileCase, agent: AskingAgent): ScriptedReply {
  if (reply.kind === 'good') return { kind: 'answer', answer: goodAnswer(one.world, agent, markOfModel(one)) };
  return reply;
}

function withUsage(reply: ScriptedReply, inputTokens: number): ScriptedReply {
  return reply.kind === 'answer' || reply.kind === 'truncated' ? { inputTokens, ...reply } : reply;
}

function metered(
  reply: ScriptedReply,
  account: LedgerAccount,
  purpose: MeteredTurn['purpose'],
  input: number,
  maxTokens: number,
): MeteredTurn {
  const turn = { account, purpose, input, maxTokens, reply };
  const answered = (output: number): MeteredTurn => ({ ...turn, outcome: 'answered', cost: input + output });
  const unknown: MeteredTurn = { ...turn, outcome: 'unknown', cost: input + maxTokens };
  switch (reply.kind) {
    case 'answer': {
      const text = typeof reply.answer === 'string' ? reply.answer : JSON.stringify(reply.answer);
      return answered(Math.min(maxTokens, Math.ceil(text.length / 2.5)));
    }
    case 'truncated':
      return answered(maxTokens);
    case 'refusal':
      return answered(5);
    case 'status':
      return UNBILLED.has(reply.status) ? { ...turn, outcome: 'unbilled', cost: 0 } : unknown;
    case 'raw':
      return UNBILLED.has(reply.status) ? { ...turn, outcome: 'unbilled', cost: 0 } : rawTurn(reply.body, unknown);
    default:
      return unknown;
  }
}

/** A usage that can be true counts as told; any other, such as words for no tokens, may hide all that was possible. */
function rawTurn(body: string, unknown: MeteredTurn): MeteredTurn {
  const { input_tokens, output_tokens } = usageIn(body);
  const possible = [input_tokens, output_tokens].every((tokens) => Number.isSafeInteger(tokens) && Number(tokens) > 0);
  if (!possible) return unknown;
  return { ...unknown, outcome: 'answered', cost: Number(input_tokens) + Number(output_tokens) };
}

function usageIn(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body)?.usage ?? {};
  } catch {
    return {};
  }
}

/** Every way in which a provider's meter shows a broken budget; empty when none is. */
export function budgetProblems(turns: readonly MeteredTurn[]): string[] {
  return turns.flatMap((turn, index) => {
    const before = turns.slice(0, index);
    const mine = before.filter(({ account }) => account === turn.account);
    const worst = turn.input + turn.maxTokens;
    const inAccount = spent(mine) + worst;
    const inAll = spent(before) + worst;
    const sameAnswered = mine.some(({ purpose, outcome }) => purpose === turn.purpose && outcome === 'answered');
    return [
      inAccount > TOKEN_LIMITS[turn.account] &&
        `message ${index + 1}: ${inAccount} tokens of ${turn.account}, the limit is ${TOKEN_LIMITS[turn.account]}`,
      inAll > TOKEN_LIMIT_TOTAL && `message ${index + 1}: ${inAll} tokens in all, the limit is ${TOKEN_LIMIT_TOTAL}`,
      sameAnswered && `message ${index + 1}: a second ${turn.purpose} of ${turn.account} after one that was answered`,
      turn.maxTokens < 1 && `message ${index + 1}: max_tokens ${turn.maxTokens}`,
    ].filter((problem) => typeof problem === 'string');
  });
}

export function spent(turns: readonly MeteredTurn[]): number {
  return turns.reduce((sum, { cost }) => sum + cost, 0);
}
