import {
  type LedgerAccount,
  type LedgerEntry,
  type LedgerSummary,
  ledgerAccountSchema,
  TOKEN_LIMIT_TOTAL,
  TOKEN_LIMITS,
} from '../../contracts/ledger';

/** 3 % of every limit is never reserved: it absorbs an input estimate that was short. */
const USABLE_SHARE = 0.97;
/** An input that costs up to this times its estimate passes no limit. A model that costs more is reported. */
const SHORT_ESTIMATE = 1.05;

/** Who calls, on which account, for what, with how much of its facts. */
export type CallNote = Pick<LedgerEntry, 'account' | 'agent' | 'purpose' | 'model' | 'rung'>;

/** Tokens set aside for one call before it is made. */
export interface Reservation {
  id: number;
  note: CallNote;
  /** the estimate before calibration; the base of the ratio that is learned from the answer */
  estimatedTokens: number;
  inputTokens: number;
  maxTokens: number;
}

/** The account book of one deployment. A plain value: it lives in workflow state, every change makes a new one. */
export interface TokenLedger {
  limits: Record<LedgerAccount, number>;
  totalLimit: number;
  entries: LedgerEntry[];
  open: Reservation[];
  nextId: number;
  /** per model: the largest actual input divided by its estimate, where it was above one */
  ratios: Record<string, number>;
}

/** Prices of a model in US dollars per million tokens. */
export interface TokenPrice {
  inputUsdPerMillion: number;
  outputUsdPerMillion: number;
}

export type TurnCharge =
  | { outcome: 'answered'; inputTokens: number; outputTokens: number }
  | { outcome: 'not-billed' }
  | { outcome: 'unknown' };

export interface ReserveInput {
  note: CallNote;
  estimatedTokens: number;
  capTokens: number;
  minimumTokens: number;
}

export type ReserveResult =
  | { kind: 'reserved'; ledger: TokenLedger; reservation: Reservation }
  | { kind: 'refused'; roomTokens: number; neededTokens: number };

/** An empty ledger. Limits may be lowered for a deployment, never raised above the contract's. */
export function openLedger(lowered: Partial<Record<LedgerAccount, number>> = {}): TokenLedger {
  const limits = { ...TOKEN_LIMITS };
  for (const account of ledgerAccountSchema.options) {
    limits[account] = Math.min(limits[account], lowered[account] ?? limits[account]);
  }
  return { limits, totalLimit: TOKEN_LIMIT_TOTAL, entries: [], open: [], nextId: 1, ratios: {} };
}

/** Tokens used by one account, or by all: what was settled plus what is reserved and still open. */
export function usedTokens(ledger: TokenLedger, account?: LedgerAccount): number {
  const mine = (of: LedgerAccount) => account === undefined || of === account;
  const settled = ledger.entries.filter((entry) => mine(entry.account));
  const open = ledger.open.filter((reservation) => mine(reservation.note.account));
  return (
    settled.reduce((sum, entry) => sum + entry.inputTokens + entry.outputTokens, 0) +
    open.reduce((sum, reservation) => sum + reservation.inputTokens + reservation.maxTokens, 0)
  );
}

/** What a call of this account may still cost, input and output together. Negative when a limit is already passed. */
export function roomTokens(ledger: TokenLedger, account: LedgerAccount): number {
  const inAccount = USABLE_SHARE * ledger.limits[account] - usedTokens(ledger, account);
  const inAll = USABLE_SHARE * ledger.totalLimit - usedTokens(ledger);
  return Math.floor(Math.min(inAccount, inAll));
}

/** What the answer to a call with this input may cost; negative when not even the input fits. */
export function answerRoomTokens(ledger: TokenLedger, account: LedgerAccount, inputTokens: number): number {
  const left = Math.min(ledger.limits[account] - usedTokens(ledger, account), ledger.totalLimit - usedTokens(ledger));
  return Math.min(roomTokens(ledger, account) - inputTokens, left - Math.ceil(SHORT_ESTIMATE * inputTokens));
}

/** An estimate raised by what the model's earlier answers taught; never lowered. */
export function calibratedTokens(ledger: TokenLedger, model: string, estimatedTokens: number): number {
  return Math.ceil(estimatedTokens * Math.max(1, ledger.ratios[model] ?? 1));
}

/** Sets tokens aside for a call, or refuses when less than a useful answer would fit. */
export function reserve(ledger: TokenLedger, input: ReserveInput): ReserveResult {
  const inputTokens = calibratedTokens(ledger, input.note.model, input.estimatedTokens);
  const room = answerRoomTokens(ledger, input.note.account, inputTokens);
  const maxTokens = Math.min(input.capTokens, room);
  if (maxTokens < input.minimumTokens) {
    const left = roomTokens(ledger, input.note.account);
    return { kind: 'refused', roomTokens: left, neededTokens: left - room + input.minimumTokens };
  }
  const { note, estimatedTokens } = input;
  const reservation: Reservation = { id: ledger.nextId, note, estimatedTokens, inputTokens, maxTokens };
  return {
    kind: 'reserved',
    reservation,
    ledger: { ...ledger, nextId: ledger.nextId + 1, open: [...ledger.open, reservation] },
  };
}

/** Learns how far the estimate of a model's input was short. */
export function calibrate(ledger: TokenLedger, model: string, estimated: number, actual: number): TokenLedger {
  const ratio = estimated > 0 ? actual / estimated : 1;
  if (ratio <= (ledger.ratios[model] ?? 1)) return ledger;
  return { ...ledger, ratios: { ...ledger.ratios, [model]: ratio } };
}

/** Closes a reservation with what the call cost. A call whose outcome is unknown costs everything it could have. */
export function settle(
  ledger: TokenLedger,
  reservation: Reservation,
  charge: TurnCharge,
  price: TokenPrice,
  detail: string,
): TokenLedger {
  const [inputTokens, outputTokens] = chargedTokens(reservation, charge);
  const usd = (inputTokens * price.inputUsdPerMillion + outputTokens * price.outputUsdPerMillion) / 1_000_000;
  const entry: LedgerEntry = {
    ...reservation.note,
    estimatedInput: reservation.inputTokens,
    maxTokens: reservation.maxTokens,
    outcome: charge.outcome,
    inputTokens,
    outputTokens,
    usd,
    detail,
  };
  const open = ledger.open.filter(({ id }) => id !== reservation.id);
  const settled = { ...ledger, open, entries: [...ledger.entries, entry] };
  if (charge.outcome !== 'answered') return settled;
  return calibrate(settled, reservation.note.model, reservation.estimatedTokens, charge.inputTokens);
}

function chargedTokens(reservation: Reservation, charge: TurnCharge): [input: number, output: number] {
  switch (charge.outcome) {
    case 'answered':
      return [charge.inputTokens, charge.outputTokens];
    case 'not-billed':
      return [0, 0];
    case 'unknown':
      return [reservation.inputTokens, reservation.maxTokens];
  }
}

/** One sentence per model whose real input was more than 5 % above its estimate. */
function estimateAlarms(ledger: TokenLedger): string[] {
  return Object.entries(ledger.ratios)
    .filter(([, ratio]) => ratio > SHORT_ESTIMATE)
    .map(
      ([model, ratio]) =>
        `model ${model}: a call cost ${Math.round((ratio - 1) * 100)} % more input than estimated; the budget's slack covers 5 %`,
    );
}

/** The ledger as queries and reports show it. Open reservations count as used. */
export function ledgerSummary(ledger: TokenLedger): LedgerSummary {
  return {
    limit: ledger.totalLimit,
    used: usedTokens(ledger),
    usd: ledger.entries.reduce((sum, entry) => sum + entry.usd, 0),
    accounts: ledgerAccountSchema.options.map((account) => ({
      account,
      limit: ledger.limits[account],
      used: usedTokens(ledger, account),
    })),
    entries: ledger.entries,
    calibration: Object.entries(ledger.ratios).map(([model, ratio]) => ({ model, ratio })),
    alarms: estimateAlarms(ledger),
  };
}
