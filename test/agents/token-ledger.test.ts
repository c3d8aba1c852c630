import fc from 'fast-check';
import {
  calibrate,
  ledgerSummary,
  openLedger,
  reserve,
  roomTokens,
  settle,
  type TokenLedger,
  usedTokens,
} from '../../agents/loop/token-ledger';
import { type LedgerAccount, ledgerAccountSchema, ledgerSummarySchema, TOKEN_LIMITS } from '../../contracts/ledger';

const PRICE = { inputUsdPerMillion: 2, outputUsdPerMillion: 10 };
const NOTE = { account: 'topology', agent: 'topology architect', purpose: 'answer', model: 'm' } as const;
const CALL = { note: NOTE, estimatedTokens: 1_200, capTokens: 600, minimumTokens: 330 };
const alarms = (ledger: TokenLedger) => ledgerSummary(ledger).alarms;

function reserved(ledger: TokenLedger, call: Parameters<typeof reserve>[1] = CALL) {
  const result = reserve(ledger, call);
  if (result.kind === 'refused') throw new Error(`refused with ${result.roomTokens} tokens of room`);
  return result;
}

describe('token ledger', () => {
  it('offers 97 % of an account and of the whole', () => {
    expect(roomTokens(openLedger(), 'topology')).toBe(1_940);
    expect(roomTokens(openLedger(), 'regions')).toBe(3_880);
  });

  it('gives an answer the cap, or what remains when that is less', () => {
    expect(reserved(openLedger()).reservation.maxTokens).toBe(600);
    expect(reserved(openLedger(), { ...CALL, estimatedTokens: 1_500 }).reservation.maxTokens).toBe(425);
    // an input that turns out 5 % longer still keeps the limit
    expect(1.05 * 1_500 + 425).toBeLessThanOrEqual(2_000);
  });

  it('refuses a call whose answer would be too short to be useful', () => {
    const call = { ...CALL, estimatedTokens: 1_611 };
    expect(reserve(openLedger(), call)).toEqual({ kind: 'refused', roomTokens: 1_940, neededTokens: 1_962 });
  });

  it('counts an open reservation as used, and one that cost nothing not', () => {
    const { ledger, reservation } = reserved(openLedger());
    expect(roomTokens(ledger, 'topology')).toBe(1_940 - 1_800);
    const closed = settle(ledger, reservation, { outcome: 'not-billed' }, PRICE, 'busy');
    expect(roomTokens(closed, 'topology')).toBe(1_940);
  });

  it.each([
    [{ outcome: 'answered', inputTokens: 1_000, outputTokens: 280 } as const, 1_280, 0.0048],
    [{ outcome: 'not-billed' } as const, 0, 0],
    [{ outcome: 'unknown' } as const, 1_800, 0.0084],
  ])('settles %o', (charge, used, usd) => {
    const { ledger, reservation } = reserved(openLedger());
    const summary = ledgerSummary(settle(ledger, reservation, charge, PRICE, 'end_turn'));
    expect(summary.used).toBe(used);
    expect(summary.usd).toBeCloseTo(usd, 10);
    expect(summary.accounts.find(({ account }) => account === 'topology')?.used).toBe(used);
    expect(ledgerSummarySchema.parse(summary)).toEqual(summary);
  });

  it('raises later estimates of a model whose input was short, never lowers them, and says so above 5 %', () => {
    const dear = calibrate(openLedger(), 'm', 1_000, 1_100);
    expect(reserved(dear).reservation.inputTokens).toBe(1_320);
    expect(reserved(dear, { ...CALL, note: { ...NOTE, model: 'other' } }).reservation.inputTokens).toBe(1_200);
    expect(reserved(calibrate(dear, 'm', 1_000, 500)).reservation.inputTokens).toBe(1_320);
    expect(ledgerSummary(dear).calibration).toEqual([{ model: 'm', ratio: 1.1 }]);
    expect(alarms(dear)).toEqual([expect.stringContaining('10 % more input')]);
    expect(alarms(calibrate(openLedger(), 'm', 1_000, 1_050))).toEqual([]);
  });

  it('survives being written to a history and read back', () => {
    const { ledger, reservation } = reserved(openLedger());
    const copy = JSON.parse(JSON.stringify(ledger));
    expect(settle(copy, reservation, { outcome: 'unknown' }, PRICE, 'lost')).toEqual(
      settle(ledger, reservation, { outcome: 'unknown' }, PRICE, 'lost'),
    );
  });

  it('can be opened with lower limits, not with higher ones', () => {
    expect(openLedger({ topology: 1_000, regions: 99_999 }).limits).toMatchObject({ topology: 1_000, regions: 4_000 });
  });
});

interface Turn {
  account: LedgerAccount;
  estimatedTokens: number;
  capTokens: number;
  minimumTokens: number;
  fate: 'answered' | 'not-billed' | 'unknown';
  /** actual input as a share of the estimate */
  truth: number;
  /** share of max_tokens that the answer uses */
  talk: number;
}

function turns(mostTruth: number): fc.Arbitrary<Turn[]> {
  return fc.array(
    fc.record({
      account: fc.constantFrom(...ledgerAccountSchema.options),
      estimatedTokens: fc.integer({ min: 100, max: 2_200 }),
      capTokens: fc.integer({ min: 200, max: 1_400 }),
      minimumTokens: fc.integer({ min: 50, max: 600 }),
      fate: fc.constantFrom('answered', 'answered', 'answered', 'not-billed', 'unknown'),
      truth: fc.double({ min: 0.5, max: mostTruth, noNaN: true }),
      talk: fc.constantFrom(0.1, 0.5, 1, 1),
    }),
    { minLength: 1, maxLength: 25 },
  );
}

/** Plays turns as a provider would bill them, each as far as the ledger lets it. */
function play(script: readonly Turn[]): { ledger: TokenLedger; billed: Map<LedgerAccount, number> } {
  let ledger = openLedger();
  const billed = new Map<LedgerAccount, number>();
  for (const turn of script) {
    const result = reserve(ledger, { ...turn, note: { ...NOTE, account: turn.account } });
    if (result.kind === 'refused') continue;
    const { reservation } = result;
    const inputTokens = Math.floor(turn.estimatedTokens * turn.truth);
    const outputTokens = Math.floor(reservation.maxTokens * turn.talk);
    const real = turn.fate === 'not-billed' ? 0 : inputTokens + outputTokens;
    billed.set(turn.account, (billed.get(turn.account) ?? 0) + real);
    const charge =
      turn.fate === 'answered' ? { outcome: turn.fate, inputTokens, outputTokens } : { outcome: turn.fate };
    ledger = settle(result.ledger, reservation, charge, PRICE, turn.fate);
  }
  return { ledger, billed };
}

describe('token ledger over many deployments', () => {
  it('breaks no limit while estimates are not short: 10,000 runs of up to 25 turns', () => {
    fc.assert(
      fc.property(turns(1), (script) => {
        const { ledger, billed } = play(script);
        const over = ledgerAccountSchema.options.filter((account) => {
          const used = usedTokens(ledger, account);
          return used > 0.97 * TOKEN_LIMITS[account] || (billed.get(account) ?? 0) > used;
        });
        expect([over, ledger.open, Math.max(usedTokens(ledger), 11_640)]).toEqual([[], [], 11_640]);
      }),
      { numRuns: 10_000 },
    );
  });

  it('never passes the 12,000 even when every estimate is up to 5 % short', () => {
    fc.assert(
      fc.property(turns(1.05), (script) => {
        expect([...play(script).billed.values()].reduce((sum, tokens) => sum + tokens, 0)).toBeLessThanOrEqual(12_000);
      }),
      { numRuns: 2_000 },
    );
  });
});
